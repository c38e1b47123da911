import { findingsOf } from '../sample.test-support';
import { parameterCountRule } from './parameter-count.rule';

const path = 'libs/x/src/x.ts';

describe('parameter-count', () => {
  it.each([
    'function f(a: A, b: B, c: C, d: D, e: E): void {}',
    'const f = (a, b, c, d, e) => a;',
    'class X { constructor(private a: A, b: B, c: C, d: D, e: E) {} }',
    'interface X { f(a: A, b: B, c: C, d: D, e: E): void }',
  ])('finds five parameters in %s', (text) => {
    expect(findingsOf(parameterCountRule, { [path]: text })).toEqual([
      `${path}:1 5 parameters; at most 4, or one object`,
    ]);
  });

  it('accepts four', () => {
    const text = 'function f(a: A, b: B, c: C, d: D): void {}';
    expect(findingsOf(parameterCountRule, { [path]: text })).toEqual([]);
  });
});
