import { access, chmod, cp, lstat, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { codeOf } from './embedded.error';
import { ensureOwnFolder, findClosedParent } from './folder.access';
import { completePackage } from './postgres.package';
import type { SystemUser } from './postgres.user';

/**
 * The copy at `target`, made if need be; undefined when `target` cannot be trusted, reached or
 * written.
 */
export async function maybeCopyPackage(
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

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
