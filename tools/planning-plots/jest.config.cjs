const preset = require('../../jest.preset.cjs');

/** d3 is published as ES modules, which Jest cannot require(). */
const esmPackages = ['d3-[a-z-]+', 'internmap'].join('|');

module.exports = {
  ...preset,
  displayName: 'planning-plots',
  rootDir: __dirname,
  transformIgnorePatterns: [`/node_modules/(?!(${esmPackages})/)`],
};
