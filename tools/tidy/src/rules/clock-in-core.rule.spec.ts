import { findingsOf } from '../sample.test-support';
import { clockInCoreRule } from './clock-in-core.rule';

const path = 'libs/planner/src/plan.ts';

describe('clock-in-core', () => {
  it.each([
    ['const at = Date.now();', 'Date.now'],
    ['const at = new Date();', 'new Date()'],
    ['const at = new Date;', 'new Date()'],
    ['const dice = Math.random();', 'Math.random'],
    ['const at = performance.now();', 'performance'],
    ['setTimeout(() => {}, 1);', 'setTimeout'],
    ['const later = setInterval;', 'setInterval'],
    ['export const home = process.env.HOME;', 'process'],
    ['const answer = await fetch(url);', 'fetch'],
  ])('finds %s', (line, source) => {
    expect(findingsOf(clockInCoreRule, { [path]: `// first\n${line}\n` })).toEqual([
      `${path}:2 ${source} in the pure core: take it as an argument`,
    ]);
  });

  it('accepts dates that are given, members of the same name, and texts', () => {
    const text = [
      'const at = new Date(context.now);',
      'const plan = { process: 1, fetch: step.fetch };',
      'interface Step { performance: number; process(): void }',
      "const why = 'Date.now() is not for the core'; // Math.random() neither",
      'class Phase { process(): void {} }',
      'const { performance } = instance; use(performance);',
    ].join('\n');
    expect(findingsOf(clockInCoreRule, { [path]: text })).toEqual([]);
  });

  it('leaves tests and other libraries alone', () => {
    const text = 'const at = Date.now();';
    const texts = { 'libs/planner/src/plan.spec.ts': text, 'libs/embedded/src/until.ts': text };
    expect(findingsOf(clockInCoreRule, texts)).toEqual([]);
  });
});
