import { describeMachine } from '../../report';
import { holds } from '../bars/bar';
import { unlimitedSettings } from '../fleet/planner.presets';
import { median } from '../measure/sample.statistics';
import { exactSettings } from '../parts/exact.part';
import { NODE_FLAGS } from '../parts/part.runner';
import { roundSettings } from '../parts/rounds.part';
import type { BenchOptions } from './bench.options';
import { allHold, barHolds } from './bench.report';
import type { BenchReport } from './bench.report';

/** Every figure and every sample, for programs. */
export function toDocument(report: BenchReport, options: BenchOptions): object {
  return {
    benchmark: 'planner',
    date: new Date().toISOString(),
    machine: { ...describeMachine(), flags: NODE_FLAGS },
    options: { ...options, only: [...options.only] },
    settings: {
      bars: unlimitedSettings,
      bar5: roundSettings(0),
      bar7: exactSettings,
    },
    holds: allHold(report, options.scale),
    bars: report.bars.map((measured) => ({
      number: measured.bar.number,
      title: measured.bar.title,
      holds: barHolds(measured),
      checks: measured.result.checks.map((check) => ({ ...check, holds: holds(check) })),
      measured: measured.result.measured,
    })),
    peers: report.comparison?.rows.map((row) => ({ ...row, medianMs: median(row.samplesMs) })),
  };
}
