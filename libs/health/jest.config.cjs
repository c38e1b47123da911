const preset = require('../../jest.preset.cjs');

module.exports = { ...preset, displayName: 'health', rootDir: __dirname };
