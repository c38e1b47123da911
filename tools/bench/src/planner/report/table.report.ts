import { loadavg } from 'node:os';
import { print, printMachine, printTable } from '../../report';
import { COMPARISON_TITLE } from '../bars/peer.comparison';
import type { Comparison } from '../bars/peer.comparison';
import { median } from '../measure/sample.statistics';
import type { BenchOptions } from './bench.options';
import { barHolds } from './bench.report';
import type { BenchReport, MeasuredBar } from './bench.report';
import { figureText, limitText, marginText, verdictText } from './check.text';

/** The tables for people, on stdout. */
export function printReport(report: BenchReport, options: BenchOptions): void {
  printMachine();
  print(`one thread; medians of ${options.runs} after ${options.warmUps}; seed ${options.seed}`);
  print(`load of the machine over the last 5 minutes, this included: ${loadText()}`);
  if (options.scale !== 1)
    print(`TRIAL at ${options.scale} of every size: nothing is judged by it`);
  if (report.bars.length > 0) printBars(report.bars);
  if (report.comparison !== undefined) printComparison(report.comparison);
  for (const measured of report.bars) {
    if (!barHolds(measured)) print(`bar ${measured.bar.number} does not hold`);
  }
}

/** More than about one: others were at work too, and times are longer than they need be. */
function loadText(): string {
  return (loadavg()[1] ?? 0).toFixed(1);
}

function printBars(bars: readonly MeasuredBar[]): void {
  const rows = bars.flatMap(({ bar, result }) => [
    [`${bar.number}  ${bar.title}`, '', '', '', '', ''],
    ...result.checks.map((check) => [
      `   ${check.name}`,
      figureText(check.figure, check.unit),
      limitText(check),
      verdictText(check),
      marginText(check),
      check.note ?? '',
    ]),
  ]);
  printTable([['#  case', 'this run', 'bar', '', 'by', ''], ...rows]);
}

function printComparison({ rows }: Comparison): void {
  print('');
  print(COMPARISON_TITLE);
  printTable([
    ['', 'peak / mean', 'moves on join', 'new one / mean', 'extra moves on loss', 'time'],
    ...rows.map((row) => [
      row.name,
      row.peakToMean.toFixed(4),
      figureText(row.movesOnJoin, ''),
      row.shareOfNew.toFixed(3),
      figureText(row.extraMovesOnLoss, ''),
      figureText(median(row.samplesMs), 'ms'),
    ]),
  ]);
}
