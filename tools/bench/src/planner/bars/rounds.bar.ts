import { defaultPlannerSettings } from '@weir/planner';
import { average, percentile } from '../measure/sample.statistics';
import type { RoundFigures } from '../parts/rounds.part';
import { scaled } from './bar';
import type { Bar, Check } from './bar';
import { MeasureLog } from './measure.log';

/** How far the hottest may be above its lower bound, in %. */
const LIMITS = [
  { share: 0.5, name: 'p50', atMost: 2 },
  { share: 0.9, name: 'p90', atMost: 2.5 },
  { share: 0.95, name: 'p95', atMost: 3 },
] as const;

export const roundsBar: Bar = {
  number: 5,
  title: '1000 random rounds: 6 to 8 of 8 instances, 128 streams, 0 to 120 % load',
  measure: async (context) => {
    const log = new MeasureLog(context);
    const order = { rounds: scaled(context, 1_000), seed: context.seed };
    // Judged without a price on moves, as Dicer's test is at its strictest; the default beside it.
    const free = await log.run('rounds', { ...order, moveCostShare: 0 });
    const { moveCostShare } = defaultPlannerSettings;
    const priced = await log.run('rounds', { ...order, moveCostShare });
    return {
      checks: [
        ...LIMITS.map(({ share, name, atMost }) => ({
          ...overBound(name, free, share),
          atMost,
        })),
        ...beside('', free),
        ...LIMITS.map(({ share, name }) => overBound(`with moveCostShare: ${name}`, priced, share)),
        ...beside('with moveCostShare: ', priced),
      ],
      measured: log.measured,
    };
  },
};

function overBound(name: string, figures: RoundFigures, share: number): Check {
  const figure = 100 * percentile(figures.overBound, share);
  return { name: `${name} over the bound`, figure, unit: '%' };
}

function beside(prefix: string, figures: RoundFigures): Check[] {
  const even = figures.overBound.filter((_over, round) => figures.hasHot[round] === false);
  return [
    // A round in which one stream sets the bound is easy: these are the others alone.
    {
      name: `${prefix}p95 of rounds without a hot stream`,
      figure: 100 * percentile(even, 0.95),
      unit: '%',
    },
    {
      name: `${prefix}p95 in shares of capacity, as Dicer`,
      figure: 100 * percentile(figures.overCapacity, 0.95),
      unit: '%',
    },
    { name: `${prefix}moves per round`, figure: average(figures.moves), unit: '' },
    { name: `${prefix}plans per round`, figure: average(figures.plans), unit: '' },
    { name: `${prefix}rounds not at rest after 5 plans`, figure: figures.restless, unit: '' },
  ];
}
