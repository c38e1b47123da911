import { execFile } from 'node:child_process';
import { cp, lstat, mkdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { providePostgresBinaries } from './postgres.binaries';
import { completePackage } from './postgres.package';
import { makeScratch } from './scratch.test-support';

const run = promisify(execFile);

async function versionOf(postgres: string): Promise<string> {
  return (await run(postgres, ['--version'])).stdout;
}

describe('PostgreSQL binaries', () => {
  let scratch: Awaited<ReturnType<typeof makeScratch>>;

  beforeEach(async () => {
    scratch = await makeScratch();
  });
  afterEach(() => scratch.remove());

  it('finds programs that run', async () => {
    const binaries = await providePostgresBinaries(undefined);
    expect(await versionOf(binaries.postgres)).toContain('PostgreSQL) 18.');
    expect(binaries.version).toMatch(/^18\./);
  });

  it('makes the library links that an install without scripts leaves out', async () => {
    const { postgres } = await providePostgresBinaries(undefined);
    const native = join(scratch.dir, 'package', 'native');
    await cp(dirname(dirname(postgres)), native, { recursive: true, verbatimSymlinks: true });
    const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8');
    const links = (JSON.parse(list) as { target: string }[]).map((link) => link.target);
    expect(links.length).toBeGreaterThan(0);
    for (const link of links) {
      await rm(join(native, '..', link), { force: true });
    }

    expect(await completePackage(native)).toBe(true);

    for (const link of links) {
      expect((await lstat(join(native, '..', link))).isSymbolicLink()).toBe(true);
    }
    expect(await versionOf(join(native, 'bin', 'postgres'))).toContain('18.');
  });

  it('copies the whole tree once for a user that the way to the package is closed to', async () => {
    // Owns nothing, so that a folder which is closed to others stops it.
    const user = { uid: 4_000_001, gid: 4_000_002 };
    const cacheDir = join(scratch.dir, 'cache');
    const { postgres, version } = await providePostgresBinaries(undefined);
    const closedPackage = join(scratch.dir, 'root', 'native');
    await mkdir(dirname(closedPackage), { mode: 0o700 });
    await cp(dirname(dirname(postgres)), closedPackage, {
      recursive: true,
      verbatimSymlinks: true,
    });

    const from = { native: closedPackage, version };
    const first = await providePostgresBinaries(user, { cacheDirs: [cacheDir], from });
    const madeAt = (await stat(first.postgres)).ctimeMs;
    const second = await providePostgresBinaries(user, { cacheDirs: [cacheDir], from });

    expect(first.postgres.startsWith(cacheDir)).toBe(true);
    expect(second).toEqual(first);
    expect((await stat(second.postgres)).ctimeMs).toBe(madeAt);
    expect(await versionOf(first.postgres)).toContain('18.');
  });
});
