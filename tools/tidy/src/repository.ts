import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { SourceFile } from './source-file';

/** The folder that holds the whole repository. */
export const repositoryRoot = resolve(__dirname, '../../..');

/**
 * Every file that is tracked, or new and not ignored. A binary file is there by its path, with an
 * empty text.
 *
 * @throws when the folder is no git work tree
 */
export function readRepository(root: string = repositoryRoot): SourceFile[] {
  const listing = execFileSync(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
    { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  return [...new Set(listing.split('\0'))]
    .filter((path) => path !== '' && isFile(join(root, path)))
    .map((path) => ({ path, content: readFileSync(join(root, path)) }))
    .map(({ path, content }) => ({ path, text: content.includes(0) ? '' : content.toString() }));
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}
