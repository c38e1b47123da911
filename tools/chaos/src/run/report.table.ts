import type { RowResult } from './row.runner';

const HEAD = ['row', 'fault / measured', 'n', 'p50', 'max', 'target', 'verdict'];

/** The table of all results, as Markdown: each row, and below it what it measured. */
export function toTable(results: readonly RowResult[]): string {
  const lines = results.flatMap(toLines);
  const widths = HEAD.map((head, at) =>
    Math.max(head.length, ...lines.map((cells) => (cells[at] ?? '').length)),
  );
  const format = (cells: readonly string[]): string =>
    `| ${widths.map((width, at) => (cells[at] ?? '').padEnd(width)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [format(HEAD), rule, ...lines.map(format)].join('\n');
}

/** In a few words, whether everything held. */
export function verdictOf(result: RowResult): string {
  if (result.skipped !== undefined) return `skipped: ${result.skipped}`;
  if (result.violations.length > 0) return 'VIOLATED';
  return result.recoveries.every((line) => line.isWithinTarget) ? 'held' : 'held, target missed';
}

function toLines(result: RowResult): string[][] {
  const { id, fault, repetitions, recoveries, figures } = result;
  return [
    [id, fault, String(repetitions), '', '', '', verdictOf(result)],
    ...recoveries.map(({ label, count, p50Ms, maxMs, targetMs, isWithinTarget }) => [
      '',
      `- ${label}`,
      String(count),
      toMs(p50Ms),
      toMs(maxMs),
      targetMs === undefined ? '' : toMs(targetMs),
      isWithinTarget ? '' : 'missed',
    ]),
    ...figures.map(({ label, total }) => ['', `- ${label}`, String(Math.round(total * 10) / 10)]),
  ];
}

function toMs(ms: number): string {
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms).toLocaleString('en-US')} ms`;
}
