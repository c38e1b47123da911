import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { EmbeddedError } from './embedded.error';

const run = promisify(execFile);

/** Ids of a system user. */
export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

const USER_NAME = 'postgres';

/**
 * The user that PostgreSQL must run as: undefined when this process is not root and can run it
 * itself; otherwise the system user `postgres`, which is created when absent, because PostgreSQL
 * refuses root.
 * @throws EmbeddedError SYSTEM_USER_MISSING when it is absent and cannot be created.
 */
export async function resolvePostgresUser(): Promise<SystemUser | undefined> {
  if (process.getuid?.() !== 0) {
    return undefined;
  }
  return (await findSystemUser(USER_NAME)) ?? createSystemUser(USER_NAME);
}

async function findSystemUser(name: string): Promise<SystemUser | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    // `id` fails when there is no such user; whatever else is wrong shows when it is created.
    return undefined;
  }
}

async function createSystemUser(name: string): Promise<SystemUser> {
  try {
    // -f: a group of that name may be left over from an earlier installation.
    await run('groupadd', ['-f', '--system', name]);
    await run('useradd', ['--system', '-M', '-g', name, '-s', '/usr/sbin/nologin', name]);
  } catch (cause) {
    throw missing(name, cause);
  }
  const user = await findSystemUser(name);
  if (!user) {
    throw missing(name, undefined);
  }
  return user;
}

function missing(name: string, cause: unknown): EmbeddedError {
  return new EmbeddedError(
    'SYSTEM_USER_MISSING',
    `PostgreSQL does not run as root, and the system user "${name}" could not be created. ` +
      `Create it (useradd --system ${name}) or start as another user than root.`,
    { cause },
  );
}
