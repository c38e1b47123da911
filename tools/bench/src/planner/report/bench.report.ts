import type { Bar, BarResult } from '../bars/bar';
import { holds } from '../bars/bar';
import type { Comparison } from '../bars/peer.comparison';

/** Bars with what came of them. */
export interface MeasuredBar {
  readonly bar: Bar;
  readonly result: BarResult;
}

/** Everything that one run measured. */
export interface BenchReport {
  readonly bars: readonly MeasuredBar[];
  /** Absent when it was not asked for. */
  readonly comparison?: Comparison;
}

export function barHolds({ result }: MeasuredBar): boolean {
  return result.checks.every(holds);
}

/** A trial proves nothing: only at full size, and only if every bar measured holds. */
export function allHold(report: BenchReport, scale: number): boolean {
  return scale === 1 && report.bars.every(barHolds);
}
