import { mkdtemp, chown, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedError } from './embedded.error';
import type { PostgresBinaries } from './postgres.binaries';
import { buildCluster, findClusterVersion } from './postgres.data-dir';
import type { PostgresOptions } from './postgres.types';
import type { SystemUser } from './postgres.user';
import { Program } from './program.process';

/** initdb takes about a second; a minute is a machine in trouble. */
const INITDB_TIMEOUT_MS = 60_000;

/**
 * The environment of PostgreSQL's programs: nothing of ours, so that no PG* variable, locale or
 * preload of the caller changes what they do.
 */
export const POSTGRES_ENVIRONMENT = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/**
 * Makes the cluster at `dataDir` unless it is there.
 * @returns whether it was made.
 * @throws EmbeddedError DATA_DIR_UNUSABLE for a cluster of another major version, EXITED_EARLY with
 * initdb's
 *   last words.
 */
export async function ensureCluster(
  options: PostgresOptions,
  place: { dataDir: string; user: SystemUser | undefined; binaries: PostgresBinaries },
): Promise<boolean> {
  const { dataDir, user, binaries } = place;
  const found = await findClusterVersion(dataDir);
  if (found === undefined) {
    await buildCluster(dataDir, user, (draft) => initialize(options, draft, user, binaries));
    return true;
  }
  const wanted = binaries.version.split('.')[0];
  if (found !== wanted) {
    throw new EmbeddedError(
      'DATA_DIR_UNUSABLE',
      `${dataDir} holds data of PostgreSQL ${found}, and this is PostgreSQL ${wanted}. ` +
        'Move the data over with a backup, or start with an empty folder.',
    );
  }
  return false;
}

async function initialize(
  options: PostgresOptions,
  draft: string,
  user: SystemUser | undefined,
  binaries: PostgresBinaries,
): Promise<void> {
  const secrets = await mkdtemp(join(tmpdir(), 'weir-initdb-'));
  try {
    const passwordFile = join(secrets, 'password');
    await writeFile(passwordFile, `${options.password}\n`, { mode: 0o600 });
    if (user) {
      await chown(secrets, user.uid, user.gid);
      await chown(passwordFile, user.uid, user.gid);
    }
    const program = await Program.start(
      {
        file: binaries.initdb,
        args: initdbArguments(draft, passwordFile, options.durable ?? true),
        logFile: options.logFile,
        env: POSTGRES_ENVIRONMENT,
        ...(user && { user }),
      },
      'SIGTERM',
    );
    await assertInitialized(program, draft);
  } finally {
    await rm(secrets, { recursive: true, force: true });
  }
}

/**
 * The locale is the one that PostgreSQL brings itself: the same order of strings on every machine.
 */
function initdbArguments(draft: string, passwordFile: string, durable: boolean): string[] {
  return [
    `--pgdata=${draft}`,
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    ...(durable ? [] : ['--no-sync']),
  ];
}

async function assertInitialized(program: Program, draft: string): Promise<void> {
  const hasEnded = await program.waitForExit(INITDB_TIMEOUT_MS);
  if (!hasEnded) {
    await program.stop([['SIGKILL', INITDB_TIMEOUT_MS]]);
  }
  if ((await findClusterVersion(draft)) === undefined || program.exitCode !== 0) {
    const how = hasEnded ? 'failed' : `took more than ${INITDB_TIMEOUT_MS} ms`;
    throw new EmbeddedError('EXITED_EARLY', `initdb ${how}:\n${program.logTail()}`);
  }
}
