import { findingsOf } from '../sample.test-support';
import { suppressionsRule } from './suppressions.rule';

describe('suppressions', () => {
  it.each(['eslint-disable-next-line', '@ts-ignore', '@ts-expect-error', '@ts-nocheck'])(
    'finds %s',
    (word) => {
      const text = `call();\n// ${word}\n`;
      const [finding] = findingsOf(suppressionsRule, { 'libs/x/src/x.ts': text });
      expect(finding).toMatch(/^libs\/x\/src\/x\.ts:2 .* hides a problem/);
    },
  );

  it('accepts documents that speak of them', () => {
    expect(findingsOf(suppressionsRule, { 'docs/X.md': 'never eslint-disable' })).toEqual([]);
  });
});
