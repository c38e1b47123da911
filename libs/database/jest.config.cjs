const preset = require('../../jest.preset.cjs');

module.exports = { ...preset, displayName: 'database', rootDir: __dirname };
