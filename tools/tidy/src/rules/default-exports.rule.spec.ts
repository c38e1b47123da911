import { findingsOf } from '../sample.test-support';
import { defaultExportsRule } from './default-exports.rule';

const path = 'libs/x/src/x.ts';

describe('default-exports', () => {
  it.each([
    'export default class X {}',
    'export default function () {}',
    'export default 1;',
    'const x = 1; export { x as default };',
    "export { x as default } from './y';",
  ])('finds %s', (text) => {
    expect(findingsOf(defaultExportsRule, { [path]: text })).toEqual([
      `${path}:1 a default export: give it a name`,
    ]);
  });

  it('accepts names, default imports and the default of a switch', () => {
    const text = "import ts from 'typescript'; export { ts }; switch (x) { default: break; }";
    expect(findingsOf(defaultExportsRule, { [path]: text })).toEqual([]);
  });

  it('leaves configuration files alone', () => {
    expect(findingsOf(defaultExportsRule, { 'eslint.config.mjs': 'export default [];' })).toEqual(
      [],
    );
  });
});
