import { cpus, loadavg, platform, release, totalmem } from 'node:os';
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
    machine: describeMachine(),
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

function describeMachine(): object {
  return {
    node: process.versions.node,
    v8: process.versions.v8,
    flags: NODE_FLAGS,
    cpu: cpus()[0]?.model ?? 'unknown processor',
    cpus: cpus().length,
    memoryBytes: totalmem(),
    loadAverages: loadavg(),
    system: `${platform()} ${release()}`,
  };
}
