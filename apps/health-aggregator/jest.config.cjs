const preset = require('../../jest.preset.cjs');

module.exports = { ...preset, displayName: 'health-aggregator', rootDir: __dirname };
