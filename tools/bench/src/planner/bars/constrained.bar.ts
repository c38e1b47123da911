import { sumOf } from '../fleet/constraint.checker';
import { median } from '../measure/sample.statistics';
import { scaled } from './bar';
import type { Bar } from './bar';
import { MeasureLog } from './measure.log';

const MS_MAX = 400;

export const constrainedBar: Bar = {
  number: 3,
  title: 'case 1 with 3 zones, 5 label groups and 3 resources',
  measure: async (context) => {
    const log = new MeasureLog(context);
    const { samplesMs, violations, peakToMean } = await log.run('constrained', {
      streams: scaled(context, 500_000),
      instances: scaled(context, 10_000, 15),
      seed: context.seed,
      ...context.runs,
    });
    const { unplaced, ...broken } = violations;
    return {
      checks: [
        { name: 'time', figure: median(samplesMs), unit: 'ms', atMost: MS_MAX },
        { name: 'violations', figure: sumOf({ ...broken, unplaced: 0 }), unit: '', atMost: 0 },
        { name: 'unplaced', figure: unplaced, unit: '', atMost: 0 },
        { name: 'peak / mean, hottest resource', figure: peakToMean, unit: '' },
      ],
      measured: log.measured,
    };
  },
};
