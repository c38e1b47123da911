import { execFile } from 'node:child_process';
import { readFile, readlink, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { codeOf, EmbeddedError } from './embedded.error';
import { until } from './until';

const run = promisify(execFile);

/**
 * How long a server that is taken over may take for its fast shutdown before it is ended at once.
 */
const TAKE_OVER_TIMEOUT_MS = 20_000;

/**
 * Looks at the `postmaster.pid` that an earlier run left in `dataDir`. PostgreSQL itself clears the
 * file of a dead process, but takes any living process with that number for a server, which after a
 * restart of a container or a machine is somebody else: so that case is told apart here, and the
 * file removed.
 * @returns whether there was such a file, so that this start follows a crash.
 * @throws EmbeddedError DATA_DIR_IN_USE when a server runs on the folder and `takeOver` is false,
 * or when it
 *   does not go away.
 */
export async function settlePidFile(dataDir: string, takeOver: boolean): Promise<boolean> {
  const file = join(dataDir, 'postmaster.pid');
  const pid = await readPid(file);
  if (pid === undefined) {
    return false;
  }
  if (!isAlive(pid)) {
    return true;
  }
  if (!(await isPostmasterOf(pid, dataDir))) {
    await rm(file, { force: true });
    return true;
  }
  if (!takeOver) {
    throw inUse(dataDir, pid, 'Stop it first, or use another folder.');
  }
  await stopProcess(pid, dataDir);
  return true;
}

async function readPid(file: string): Promise<number | undefined> {
  try {
    const pid = Number.parseInt(await readFile(file, 'utf8'), 10);
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/**
 * PostgreSQL works inside its data folder, so the working folder of the process tells whose it is.
 */
async function isPostmasterOf(pid: number, dataDir: string): Promise<boolean> {
  try {
    return (await readlink(`/proc/${pid}/cwd`)) === (await realpath(dataDir));
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'EACCES') {
      throw error;
    }
  }
  // No /proc (macOS), or not allowed to look into it: the name of the program has to do.
  const { stdout } = await run('ps', ['-p', String(pid), '-o', 'comm=']).catch(() => ({
    stdout: '',
  }));
  return stdout.includes('postgres');
}

async function stopProcess(pid: number, dataDir: string): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    process.kill(pid, signal);
    if (await until(() => !isAlive(pid) || undefined, TAKE_OVER_TIMEOUT_MS)) {
      return;
    }
  }
  throw inUse(dataDir, pid, 'It was asked to stop and did not.');
}

function inUse(dataDir: string, pid: number, advice: string): EmbeddedError {
  return new EmbeddedError(
    'DATA_DIR_IN_USE',
    `A PostgreSQL (process ${pid}) already runs on ${dataDir}. ${advice}`,
  );
}
