import { scaled } from './bar';
import type { Bar } from './bar';
import { MeasureLog } from './measure.log';
import { timeCheck } from './time.check';

const MS_MAX = 400;
const GROWTH_MAX_MB = 600;

/** Processes whose memory is measured; the worst counts. */
const MEMORY_RUNS = 3;

export const millionBar: Bar = {
  number: 2,
  title: 'cold, 1,000,000 streams on 10,000 instances',
  measure: async (context) => {
    const log = new MeasureLog(context);
    const fleet = {
      streams: scaled(context, 1_000_000),
      instances: scaled(context, 10_000),
      weights: 'uniform',
      seed: context.seed,
    } as const;
    const { samplesMs, peakToMean } = await log.run('cold', { ...fleet, ...context.runs });
    const growthsMb: number[] = [];
    for (let run = 0; run < MEMORY_RUNS; run++) {
      growthsMb.push((await log.run('memory', fleet)).growthMb);
    }
    return {
      checks: [
        timeCheck('time', samplesMs, MS_MAX),
        {
          name: 'memory growth, worst of 3 processes',
          figure: Math.max(...growthsMb),
          unit: 'MB',
          atMost: GROWTH_MAX_MB,
        },
        { name: 'peak / mean', figure: peakToMean, unit: '' },
      ],
      measured: log.measured,
    };
  },
};
