import { findingsOf } from '../sample.test-support';
import { functionLinesMax, functionSizeRule } from './function-size.rule';

/** A block that, with its two braces, spans `lines` lines. */
function block(lines: number): string {
  return `{\n${'  step();\n'.repeat(lines - 2)}}`;
}

const path = 'libs/x/src/x.ts';
const tooLong = functionLinesMax + 1;

describe('function-size', () => {
  it.each([
    [`function plan() ${block(tooLong)}`, 'plan'],
    [`const apply = () => ${block(tooLong)};`, 'apply'],
    [`export const x = { check() ${block(tooLong)} };`, 'check'],
    [`run(() => ${block(tooLong)});`, 'a function without a name'],
  ])('finds %.20s', (text, name) => {
    expect(findingsOf(functionSizeRule, { [path]: text })).toEqual([
      `${path}:1 ${name} has ${tooLong} lines; at most ${functionLinesMax}`,
    ]);
  });

  it('names the line of a method in its class', () => {
    const text = `class X {\n  constructor() ${block(tooLong)}\n}`;
    expect(findingsOf(functionSizeRule, { [path]: text })[0]).toMatch(/:2 constructor has/);
  });

  it('accepts a function of just the allowed size, and long lists of tests', () => {
    const texts = {
      [path]: `function plan() ${block(functionLinesMax)}`,
      'libs/x/src/x.spec.ts': `describe.each([1])('x', () => ${block(200)});`,
    };
    expect(findingsOf(functionSizeRule, texts)).toEqual([]);
  });

  it('does not accept one long test', () => {
    const text = `describe('x', () => {\n  it('does', () => ${block(tooLong)});\n});`;
    expect(findingsOf(functionSizeRule, { 'libs/x/src/x.spec.ts': text })).toHaveLength(1);
  });
});
