const preset = require('../../jest.preset.cjs');

module.exports = { ...preset, displayName: 'database-tests', rootDir: __dirname };
