import { readdirSync } from 'node:fs';
import { tidyRules } from './index';

describe('the list of rules', () => {
  const files = readdirSync(__dirname);
  const names = files.filter((file) => file.endsWith('.rule.ts'));

  it('has every rule of this folder, each under the name of its file', () => {
    const listed = tidyRules.map((rule) => `${rule.name}.rule.ts`);
    expect(listed.sort()).toEqual(names.sort());
  });

  it('has a test for each', () => {
    const untested = names.filter((name) => !files.includes(name.replace(/\.ts$/, '.spec.ts')));
    expect(untested).toEqual([]);
  });
});
