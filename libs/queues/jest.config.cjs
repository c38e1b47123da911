const preset = require('../../jest.preset.cjs');

module.exports = { ...preset, displayName: 'queues', rootDir: __dirname };
