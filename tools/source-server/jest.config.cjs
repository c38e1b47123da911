const preset = require('../../jest.preset.cjs');

module.exports = { ...preset, displayName: 'source-server', rootDir: __dirname };
