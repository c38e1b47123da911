const preset = require('../../jest.preset.cjs');

module.exports = { ...preset, displayName: 'worker-client', rootDir: __dirname };
