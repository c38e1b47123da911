import { createHash } from 'node:crypto';
import { chmod, chown, mkdir, readdir, readFile, rename, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { codeOf, EmbeddedError } from './embedded.error';
import { ensureOwnFolder, findClosedParent } from './folder.access';
import { resolvePostgresUser, type SystemUser } from './postgres.user';

/**
 * Where data goes that cannot lie where it was asked for: a place that outlives a restart of the
 * machine.
 */
const FALLBACK_ROOT = '/var/lib/weir';

/**
 * The folder that `startPostgres` really uses for `dataDir`: the same, unless this process is root
 * and the system user that PostgreSQL must run as cannot enter it. The answer for one folder never
 * changes while its permissions do not. Whoever removes the data removes this folder. Makes the
 * folder around `dataDir`.
 * @throws EmbeddedError DATA_DIR_UNUSABLE when neither place can be used.
 */
export async function resolvePostgresDataDir(dataDir: string): Promise<string> {
  return placeDataDir(resolve(dataDir), await resolvePostgresUser());
}

/** As resolvePostgresDataDir, for a known user and a known fallback folder. */
export async function placeDataDir(
  dataDir: string,
  user: SystemUser | undefined,
  fallbackRoot = FALLBACK_ROOT,
): Promise<string> {
  // Made first, because the umask decides whether a new folder is open to the system user.
  await mkdir(dirname(dataDir), { recursive: true });
  const closed = user && (await findClosedParent(dataDir, user));
  if (!user || closed === undefined) {
    return dataDir;
  }
  const digest = createHash('sha256').update(dataDir).digest('hex').slice(0, 12);
  const fallback = join(fallbackRoot, `${basename(dataDir)}-${digest}`);
  const isUsable =
    (await ensureOwnFolder(fallbackRoot)) && !(await findClosedParent(fallback, user));
  if (!isUsable) {
    throw new EmbeddedError(
      'DATA_DIR_UNUSABLE',
      `PostgreSQL runs as the system user "postgres", who cannot enter ${closed} to reach ${dataDir}, ` +
        `and ${fallbackRoot} cannot be used instead. Choose a folder outside ${closed}, or do not run as root.`,
    );
  }
  return fallback;
}

/** Major version of the cluster in `dataDir`; undefined when there is none yet. */
export async function findClusterVersion(dataDir: string): Promise<string | undefined> {
  try {
    return (await readFile(join(dataDir, 'PG_VERSION'), 'utf8')).trim();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}

/**
 * Makes a cluster at `dataDir` by calling `build` with an empty folder that belongs to `user`, and
 * moves the result into place only when it is complete: a start that is killed half way leaves no
 * half a cluster.
 * @throws EmbeddedError DATA_DIR_UNUSABLE when the folder holds something that is not a cluster.
 */
export async function buildCluster(
  dataDir: string,
  user: SystemUser | undefined,
  build: (draft: string) => Promise<void>,
): Promise<void> {
  await clearEmpty(dataDir);
  const draft = join(dirname(dataDir), `.${basename(dataDir)}.new`);
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  if (user) {
    await chown(draft, user.uid, user.gid);
  }
  await chmod(draft, 0o700);
  try {
    await build(draft);
    await rename(draft, dataDir);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function clearEmpty(dataDir: string): Promise<void> {
  const entries = await readdir(dataDir).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') {
      return undefined;
    }
    throw error;
  });
  if (entries === undefined) {
    return;
  }
  if (entries.length > 0) {
    throw new EmbeddedError(
      'DATA_DIR_UNUSABLE',
      `${dataDir} is neither empty nor the data of a PostgreSQL (it holds ${entries[0]}).`,
    );
  }
  await rmdir(dataDir);
}
