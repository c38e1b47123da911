import type { Finding } from '../study';
import { toMarkdownTable } from './markdown.table';

/** What a study found, as the document shows it: plot, sentences and table. */
export function renderBlock(name: string, { view, sentences, table }: Finding): string {
  const isList = sentences.every((sentence) => sentence.startsWith('- '));
  return [
    `![${view.title}](plots/${name}.svg)`,
    '',
    ...(isList ? sentences : [sentences.join(' ')]),
    '',
    ...toMarkdownTable(table),
  ].join('\n');
}

/**
 * The document with the block of that name replaced: what stands between `<!-- plot: NAME ... -->`
 * and the next `<!-- end of plot -->`.
 *
 * @throws when the document has no such block
 */
export function replaceBlock(document: string, name: string, block: string): string {
  const start = document.indexOf(`<!-- plot: ${name},`);
  const head = document.indexOf('-->', start);
  const end = document.indexOf('<!-- end of plot -->', start);
  if (start < 0 || head < 0 || end < head) throw new Error(`the document has no block ${name}`);
  return `${document.slice(0, head + 3)}\n\n${block}\n\n${document.slice(end)}`;
}

/** What stands in the block of that name. */
export function findBlock(document: string, name: string): string | undefined {
  const start = document.indexOf(`<!-- plot: ${name},`);
  const head = document.indexOf('-->', start);
  const end = document.indexOf('<!-- end of plot -->', start);
  return start < 0 || end < head ? undefined : document.slice(head + 3, end).trim();
}
