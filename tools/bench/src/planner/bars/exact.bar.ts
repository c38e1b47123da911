import { scaled } from './bar';
import type { Bar } from './bar';
import { MeasureLog } from './measure.log';

/** A case is good when its peak is at most this much above the optimum. Ratio. */
const OVER_MAX = 0.01;
/** Share of cases that must be good, in %. */
const GOOD_MIN = 99;
/** Moves above the fewest for the same peak, in every case. */
const EXCESS_MAX = 1;

export const exactBar: Bar = {
  number: 7,
  title: '2,000 small random cases against the exact optimum (HiGHS)',
  measure: async (context) => {
    const log = new MeasureLog(context);
    const order = { cases: scaled(context, 2_000), seed: context.seed };
    const figures = await log.run('exact', order);
    const shareOf = (isGood: (value: number) => boolean, values: readonly number[]): number =>
      (100 * values.filter(isGood).length) / values.length;
    return {
      checks: [
        {
          name: 'cases with a peak within 1 % of the optimum',
          figure: shareOf((over) => over <= OVER_MAX, figures.overOptimum),
          unit: '%',
          atLeast: GOOD_MIN,
        },
        {
          name: 'moves above the fewest, worst case',
          figure: Math.max(...figures.movesOverFewest),
          unit: '',
          atMost: EXCESS_MAX,
        },
        {
          name: 'cases with at most 1 move above the fewest',
          figure: shareOf((excess) => excess <= EXCESS_MAX, figures.movesOverFewest),
          unit: '%',
        },
        {
          name: 'peak above the optimum, worst case',
          figure: 100 * Math.max(...figures.overOptimum),
          unit: '%',
        },
        { name: 'cases not at rest after 5 plans', figure: figures.restless, unit: '' },
        { name: 'programs solved by HiGHS to proved optimality', figure: figures.solved, unit: '' },
      ],
      measured: log.measured,
    };
  },
};
