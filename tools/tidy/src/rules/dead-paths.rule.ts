import { isMarkdown } from '../file-kind';
import type { TidyRule } from '../source-file';
import { findInLines } from '../text-lines';

const workspacePath = /`((?:apps|libs|tools|docs|examples|docker|compose)\/[\w./-]+)`/g;

/** A path that a document names is there, so that lists of files do not outlive the files. */
export const deadPathsRule: TidyRule = {
  name: 'dead-paths',
  check: (files) => {
    const paths = files.map((file) => file.path);
    const known = new Set(paths.flatMap((path) => [path, ...foldersOf(path)]));
    return findInLines(
      files.filter((file) => isMarkdown(file.path)),
      (line) => {
        const named = [...line.matchAll(workspacePath)].map((match) => match[1] ?? '');
        const dead = named.filter((path) => !known.has(path.replace(/\/$/, '')));
        return dead.length === 0 ? undefined : `there is no ${dead.join(', ')}`;
      },
    );
  },
};

/** `libs`, `libs/x` and `libs/x/src` for `libs/x/src/index.ts`. */
function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_part, index) => parts.slice(0, index + 1).join('/'));
}
