import { STREAMS_PER_INSTANCE } from '../fleet/instance.rows';
import { fitExponent } from '../measure/exponent.fit';
import type { GrowthPoint } from '../measure/exponent.fit';
import { median } from '../measure/sample.statistics';
import { scaled } from './bar';
import type { Bar } from './bar';
import { MeasureLog } from './measure.log';

const SIZES = [1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000];
/** Below this, starting up is most of the time. */
const FIT_FROM = 10_000;
const EXPONENT_MAX = 1.15;

export const growthBar: Bar = {
  number: 9,
  title: 'growth: cold cases of 10^3 to 10^6 streams, 50 per instance',
  measure: async (context) => {
    const log = new MeasureLog(context);
    const points: GrowthPoint[] = [];
    for (const full of SIZES) {
      const streams = scaled(context, full, STREAMS_PER_INSTANCE);
      const instances = Math.round(streams / STREAMS_PER_INSTANCE);
      const fleet = { streams, instances, weights: 'uniform', seed: context.seed } as const;
      const { samplesMs } = await log.run('cold', { ...fleet, ...context.runs });
      points.push({ size: streams, ms: median(samplesMs) });
    }
    const large = points.filter((_point, at) => (SIZES[at] ?? 0) >= FIT_FROM);
    return {
      checks: [
        {
          name: 'exponent from 10^4 up',
          figure: fitExponent(large),
          unit: '',
          atMost: EXPONENT_MAX,
        },
        { name: 'exponent of all', figure: fitExponent(points), unit: '' },
        // A fit over everything would hide what only begins to grow at the end.
        { name: 'exponent of the last two', figure: fitExponent(points.slice(-2)), unit: '' },
        ...points.map(({ size, ms }) => ({
          name: `${size.toLocaleString('en-US')} streams`,
          figure: ms,
          unit: 'ms' as const,
        })),
      ],
      measured: log.measured,
    };
  },
};
