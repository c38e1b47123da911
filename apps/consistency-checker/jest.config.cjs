const preset = require('../../jest.preset.cjs');

module.exports = { ...preset, displayName: 'consistency-checker', rootDir: __dirname };
