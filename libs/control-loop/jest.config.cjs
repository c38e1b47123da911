const preset = require('../../jest.preset.cjs');

module.exports = { ...preset, displayName: 'control-loop', rootDir: __dirname };
