const preset = require('../../jest.preset.cjs');

module.exports = { ...preset, displayName: 'tidy', rootDir: __dirname };
