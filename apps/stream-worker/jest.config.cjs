const preset = require('../../jest.preset.cjs');

module.exports = { ...preset, displayName: 'stream-worker', rootDir: __dirname };
