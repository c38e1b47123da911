import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot } from './index';

interface Run {
  readonly code: number | null;
  readonly output: string;
}

function lockCheck(...options: string[]): Run {
  const program = join(repositoryRoot, 'tools/lock-check.mjs');
  const run = spawnSync(process.execPath, [program, ...options], { encoding: 'utf8' });
  return { code: run.status, output: run.stdout + run.stderr };
}

describe('lock-check', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'weir-lock-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function lockWith(packages: object): string {
    const path = join(folder, 'package-lock.json');
    writeFileSync(path, JSON.stringify({ lockfileVersion: 3, packages }));
    return path;
  }

  it('finds the lockfile of this repository complete', () => {
    expect(lockCheck('--check')).toEqual({ code: 0, output: 'package-lock.json is complete\n' });
  });

  it('lists an optional package of another platform that has no entry', () => {
    const path = lockWith({
      '': {},
      'node_modules/@x/core': { version: '1.2.3', optionalDependencies: { '@x/darwin': '1.2.3' } },
    });
    const { code, output } = lockCheck('--check', path);
    expect(code).toBe(1);
    expect(output).toContain('missing @x/darwin@1.2.3, optional for node_modules/@x/core');
  });

  it('finds an entry that lies beside its user, or further out', () => {
    const user = { version: '1.0.0', optionalDependencies: { inner: '1.0.0', outer: '1.0.0' } };
    const packages = {
      '': { optionalDependencies: { outer: '1.0.0' } },
      'node_modules/a/node_modules/b': user,
      'node_modules/a/node_modules/inner': { version: '1.0.0' },
      'node_modules/outer': { version: '1.0.0' },
    };
    expect(lockCheck('--check', lockWith(packages)).code).toBe(0);
    const { 'node_modules/a/node_modules/inner': moved, ...rest } = packages;
    const elsewhere = { ...rest, 'node_modules/c/node_modules/inner': { version: '1.0.0' } };
    expect(lockCheck('--check', lockWith(elsewhere)).output).toContain('missing inner@1.0.0');
  });

  it('adds what is missing with its platform, and is then content', () => {
    const path = lockWith({
      '': {},
      'node_modules/z': {
        version: '2.0.0',
        dev: true,
        optionalDependencies: { 'z-win32-x64': '2.0.0', 'z-linux-arm64-musl': '^2.0.1' },
      },
    });
    expect(lockCheck('--write', path).output).toContain('2 added');
    const { packages } = JSON.parse(readFileSync(path, 'utf8')) as { packages: object };
    expect(packages).toMatchObject({
      'node_modules/z-win32-x64': { version: '2.0.0', os: ['win32'], cpu: ['x64'], dev: true },
      'node_modules/z-linux-arm64-musl': {
        version: '2.0.1',
        os: ['linux'],
        cpu: ['arm64'],
        optional: true,
      },
    });
    expect(lockCheck('--check', path).code).toBe(0);
  });
});
