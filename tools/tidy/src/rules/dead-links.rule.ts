import { posix } from 'node:path';
import { isMarkdown } from '../file-kind';
import { anchorsOf, linksOf } from '../markdown';
import type { Finding, SourceFile, TidyRule } from '../source-file';

/** Every link within the repository leads to a file that is there, and to a heading in it. */
export const deadLinksRule: TidyRule = {
  name: 'dead-links',
  check: (files) => {
    const texts = new Map(files.map((file) => [file.path, file.text]));
    return files
      .filter((file) => isMarkdown(file.path))
      .flatMap((file) => deadLinksOf(file, texts));
  },
};

function deadLinksOf(file: SourceFile, texts: ReadonlyMap<string, string>): Finding[] {
  return linksOf(file.text)
    .filter(({ target }) => !/^[a-z][a-z+.-]*:/i.test(target))
    .flatMap(({ target, line }) => {
      const message = faultOf(file.path, decodeURI(target), texts);
      return message === undefined ? [] : [{ path: file.path, line, message }];
    });
}

function faultOf(
  from: string,
  target: string,
  texts: ReadonlyMap<string, string>,
): string | undefined {
  const [name = '', anchor] = target.split('#');
  if (name.startsWith('/')) return `${target}: links within the repository are relative`;
  const path = name === '' ? from : posix.join(posix.dirname(from), name).replace(/\/$/, '');
  const isFolder = [...texts.keys()].some((known) => known.startsWith(`${path}/`));
  if (!texts.has(path) && !isFolder && path !== '.') return `${target}: there is no ${path}`;
  const needsAnchor = anchor !== undefined && anchor !== '' && isMarkdown(path);
  if (!needsAnchor || anchorsOf(texts.get(path) ?? '').has(anchor)) return undefined;
  return `${target}: ${path} has no heading for #${anchor}`;
}
