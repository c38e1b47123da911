import { chmod, lstat, mkdir, realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { codeOf } from './embedded.error';
import type { SystemUser } from './postgres.user';

interface Permissions {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

/** Whether the permission bits of a folder let `user` pass through it. */
export function isTraversable(folder: Permissions, user: SystemUser): boolean {
  if (folder.uid === user.uid) {
    return (folder.mode & 0o100) !== 0;
  }
  return (folder.mode & (folder.gid === user.gid ? 0o010 : 0o001)) !== 0;
}

/**
 * The first folder on the way to `path` (which need not exist yet) that `user` cannot pass through,
 * or undefined when the way is free. The folder at `path` itself is not looked at.
 */
export async function findClosedParent(
  path: string,
  user: SystemUser,
): Promise<string | undefined> {
  const parents: string[] = [];
  for (let at = dirname(await realPathOf(path)); ; at = dirname(at)) {
    parents.unshift(at);
    if (at === dirname(at)) {
      break;
    }
  }
  for (const parent of parents) {
    const permissions = await stat(parent).catch(ignoreMissing);
    if (permissions && !isTraversable(permissions, user)) {
      return parent;
    }
  }
  return undefined;
}

/** `path` without symbolic links, as far as it exists. */
async function realPathOf(path: string): Promise<string> {
  const absolute = resolve(path);
  const real = await realpath(absolute).catch(ignoreMissing);
  if (real !== undefined) {
    return real;
  }
  const parent = dirname(absolute);
  return join(await realPathOf(parent), absolute.slice(parent.length));
}

function ignoreMissing(error: unknown): undefined {
  if (codeOf(error) === 'ENOENT') {
    return undefined;
  }
  throw error;
}

/**
 * Makes a folder that other users may read but only this one may write, and returns whether it is
 * one: false when it was there before and belongs to somebody else or is open to writing, so that
 * nothing in it may be run. False as well when it cannot be made.
 */
export async function ensureOwnFolder(path: string): Promise<boolean> {
  try {
    if ((await mkdir(path, { recursive: true, mode: 0o755 })) !== undefined) {
      // mkdir obeys the umask, which may have closed the folder to others.
      await chmod(path, 0o755);
    }
    const found = await lstat(path);
    return found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
  } catch (error) {
    if (['EACCES', 'EROFS', 'EPERM', 'EEXIST', 'ENOTDIR'].includes(codeOf(error) ?? '')) {
      return false;
    }
    throw error;
  }
}
