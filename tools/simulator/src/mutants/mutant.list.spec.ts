import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { MUTANTS } from './mutant.list';
import { replaceOnce } from './mutant.loader';

const ROOT = resolve(__dirname, '../../../..');

describe('mutants', () => {
  beforeAll(() => {
    if (existsSync(join(ROOT, 'tools/simulator/dist/simulate.js'))) return;
    execFileSync('npx', ['tsc', '-b', 'tools/simulator/tsconfig.lib.json'], { cwd: ROOT });
  }, 300_000);

  it.each(MUTANTS)('$name changes code that is there', ({ replacements }) => {
    const texts = new Map<string, string>();
    for (const replacement of replacements) {
      const { file } = replacement;
      const text = texts.get(file) ?? readFileSync(join(ROOT, file), 'utf8');
      texts.set(file, replaceOnce(text, replacement));
    }
    expect(texts.size).toBeGreaterThan(0);
  });

  it('have names of their own, and a bound or a reason', () => {
    expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
    for (const { seedsMax, why } of MUTANTS) expect(seedsMax ?? why).toBeDefined();
  });

  it('are known to no package that is shipped', () => {
    const packages = ['apps', 'libs'].flatMap((folder) =>
      readdirSync(join(ROOT, folder)).map((name) => join(ROOT, folder, name, 'package.json')),
    );
    const knowing = packages.filter(
      (path) => existsSync(path) && readFileSync(path, 'utf8').includes('@weir/simulator'),
    );
    expect(knowing).toEqual([]);
  });
});
