import type { RestartFigures } from '../parts/restart.part';
import { scaled } from './bar';
import type { Bar, Check } from './bar';
import { MeasureLog } from './measure.log';

/** Dicer's own bounds: moves per stream, balancing moves per stream, % off the mean. */
const MOVES_MAX = 1.05;
const BALANCING_MAX = 0.02;
const OFF_MEAN_MAX = 10;

/** Sizes, each with the load that Dicer's test gives it, as share of the capacity. */
const FLEETS = [
  { instances: 2, utilisation: 1 / 8 },
  { instances: 3, utilisation: 1 / 4 },
  { instances: 4, utilisation: 1 / 2 },
  { instances: 9, utilisation: 1 },
];

const KINDS = [
  { kind: 'leaving', text: 'moves off', atMost: MOVES_MAX },
  { kind: 'filling', text: 'moves back', atMost: MOVES_MAX },
  { kind: 'balancing', text: 'balancing', atMost: BALANCING_MAX },
] as const;

/** Random fleets of each size; the worst counts. */
const FLEETS_PER_SIZE = 10;

/**
 * A restart moves each stream twice: off the instance that stops, and onto the one that starts.
 * Dicer bounds each of the two by 1.05 and all the rest by 0.02, in shares of the load: so judged
 * here. The row of the table counts streams: judged is the mean of the two ways. Each way alone
 * says little, since the instance that starts is filled by few large streams, which leaves more
 * small ones to those that stop later. Judged is the restart in which an instance stops before it
 * starts again; beside it stands the one in which another starts first.
 */
export const restartBar: Bar = {
  number: 6,
  title: 'rolling restart of 2, 3, 4 and 9 instances',
  measure: async (context) => {
    const log = new MeasureLog(context);
    const checks: Check[] = [];
    for (const fleet of FLEETS) {
      const name = `${fleet.instances} instances`;
      const order = { ...fleet, fleets: scaled(context, FLEETS_PER_SIZE), seed: context.seed };
      checks.push(...judged(name, await log.run('restart', { ...order, strategy: 'stopFirst' })));
      checks.push(...beside(name, await log.run('restart', { ...order, strategy: 'startFirst' })));
    }
    return { checks, measured: log.measured };
  },
};

function judged(name: string, all: readonly RestartFigures[]): Check[] {
  const worst = (pick: (figures: RestartFigures) => number): number => worstOf(all, pick);
  const inLoad = KINDS.map(({ kind, text, atMost }) => ({
    name: `${name}: ${text}, in load`,
    figure: worst((figures) => figures[kind].perLoad),
    unit: '' as const,
    atMost,
  }));
  return [
    ...inLoad,
    {
      name: `${name}: moves each way, per stream`,
      figure: worst(({ leaving, filling }) => (leaving.perStream + filling.perStream) / 2),
      unit: '',
      atMost: MOVES_MAX,
    },
    {
      name: `${name}: balancing, per stream`,
      figure: worst(({ balancing }) => balancing.perStream),
      unit: '',
      atMost: BALANCING_MAX,
    },
    { ...offMeanCheck(name, all), atMost: OFF_MEAN_MAX },
    {
      name: `${name}: steps without rest`,
      figure: worst((figures) => figures.restless),
      unit: '',
      atMost: 0,
    },
  ];
}

function beside(name: string, all: readonly RestartFigures[]): Check[] {
  const label = `${name}, start first`;
  return [
    ...KINDS.map(({ kind, text }) => ({
      name: `${label}: ${text}, per stream`,
      figure: worstOf(all, (figures) => figures[kind].perStream),
      unit: '' as const,
    })),
    offMeanCheck(label, all),
  ];
}

function offMeanCheck(name: string, all: readonly RestartFigures[]): Check {
  const figure = 100 * worstOf(all, ({ offMean }) => offMean);
  return { name: `${name}: off the mean in the end`, figure, unit: '%' };
}

function worstOf(
  all: readonly RestartFigures[],
  pick: (figures: RestartFigures) => number,
): number {
  return Math.max(...all.map(pick));
}
