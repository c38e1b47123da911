import type { Panel } from '../drawing/plot.view';
import type { SettingRun } from './drifting.study';
import { fewStreams, manyStreams, toSeries } from './drifting.study';

/** The runs of a fleet of many small streams and of one of few large ones. */
export interface ComparedRuns {
  readonly many: readonly SettingRun[];
  readonly few: readonly SettingRun[];
}

/** How even both fleets are, on average over time. */
export function drawBalance({ many, few }: ComparedRuns): Panel {
  return {
    y: { label: 'peak / mean, average (1 is even)', from: 1, format: (it) => it.toFixed(2) },
    series: [
      toSeries(manyStreams.label, many, 'meanImbalance'),
      toSeries(fewStreams.label, few, 'meanImbalance'),
    ],
  };
}

/** How much both fleets move: in all, or the stream that moves most. */
export function drawMoves(
  { many, few }: ComparedRuns,
  name: 'movesPerHour' | 'mostMovedPerHour',
): Panel {
  const whose = name === 'movesPerHour' ? 'in the fleet' : 'of the most moved stream';
  return {
    y: { label: `moves per hour ${whose}`, from: 0, format: String },
    series: [toSeries(manyStreams.label, many, name), toSeries(fewStreams.label, few, name)],
  };
}
