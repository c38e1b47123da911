import { findingsOf } from '../sample.test-support';
import { focusedTestsRule } from './focused-tests.rule';

const path = 'libs/x/src/x.spec.ts';

describe('focused-tests', () => {
  it.each([
    ["it.only('x', f);", 'it.only'],
    ["describe.skip('x', f);", 'describe.skip'],
    ["it.only.each([1])('x', f);", 'it.only'],
    ["it.todo('x');", 'it.todo'],
    ["xit('x', f);", 'xit'],
    ["fdescribe('x', f);", 'fdescribe'],
  ])('finds %s', (text, found) => {
    const findings = findingsOf(focusedTestsRule, { [path]: text });
    expect(findings.length).toBeGreaterThan(0);
    expect(findings[0]).toBe(`${path}:1 ${found}() leaves tests out`);
  });

  it('accepts a suite that is chosen by a condition', () => {
    const text = "const suite = hasEngine ? describe : describe.skip;\nsuite('x', f);";
    expect(findingsOf(focusedTestsRule, { [path]: text })).toEqual([]);
  });

  it('looks at tests only: others may call a function fit', () => {
    expect(findingsOf(focusedTestsRule, { 'tools/x/src/table.ts': "fit('name', 14);" })).toEqual(
      [],
    );
  });
});
