const preset = require('../../jest.preset.cjs');

module.exports = { ...preset, displayName: 'orchestrator-api', rootDir: __dirname };
