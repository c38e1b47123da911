const preset = require('../../jest.preset.cjs');

module.exports = { ...preset, displayName: 'bootstrap', rootDir: __dirname };
