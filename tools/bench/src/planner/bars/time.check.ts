import { median } from '../measure/sample.statistics';
import type { Check } from './bar';

/**
 * The median time of a case. Its fastest run is told with it: where the two lie far apart, the
 * machine had other things to do, and the figure is worth little.
 */
export function timeCheck(name: string, samplesMs: readonly number[], atMost?: number): Check {
  return {
    name,
    figure: median(samplesMs),
    unit: 'ms',
    ...(atMost !== undefined && { atMost }),
    note: `fastest ${Math.min(...samplesMs).toFixed(0)} ms`,
  };
}
