const preset = require('../../jest.preset.cjs');

module.exports = { ...preset, displayName: 'planner', rootDir: __dirname };
