const preset = require('../../jest.preset.cjs');

module.exports = { ...preset, displayName: 'e2e', rootDir: __dirname };
