const preset = require('../../jest.preset.cjs');

module.exports = { ...preset, displayName: 'balancer-worker', rootDir: __dirname };
