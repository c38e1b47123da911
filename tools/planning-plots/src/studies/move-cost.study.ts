import { defaultPlannerSettings } from '@weir/planner';
import type { Finding, Study } from '../study';
import type { ComparedRuns } from './compared.panel';
import { drawBalance, drawMoves } from './compared.panel';
import { fewStreams, getRun, manyStreams, runSettings } from './drifting.study';
import { toExcess, toPercent, toSaving } from './number.words';

const VALUES = [0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8];
const STANDARD = defaultPlannerSettings.moveCostShare;
const HIGH = 0.6;

/** How much must a move gain to be worth an interruption? */
export const moveCostStudy: Study = {
  name: 'move-cost',
  run: () => {
    const [many = [], few = []] = [manyStreams, fewStreams].map((workload) =>
      runSettings(workload, VALUES, (moveCostShare) => ({ moveCostShare })),
    );
    return describe({ many, few });
  },
};

function describe(runs: ComparedRuns): Finding {
  const { many, few } = runs;
  const [start, dear] = [getRun(few, STANDARD), getRun(few, HIGH)];
  const saving = toSaving(start.movesPerHour, dear.movesPerHour);
  const [manyStart, manyDear] = [getRun(many, STANDARD), getRun(many, HIGH)];
  const savingOfMany = toSaving(manyStart.movesPerHour, manyDear.movesPerHour);
  return {
    view: {
      title: `A cost share of ${toPercent(HIGH)} instead of ${toPercent(STANDARD)} saves ${saving} of the moves with ${fewStreams.label} and ${savingOfMany} with 20`,
      note: 'Means of 4 simulated days: 20 instances, 60 % utilised, weights differ fivefold and wander, one plan a minute. Relative band 10 %, cooldown 1 minute.',
      x: {
        kind: 'linear',
        label: 'balanceMoveCostShare: least gain, in % of what the moved stream weighs',
        ticks: [0, 0.2, 0.4, 0.6, 0.8],
        format: toPercent,
        standard: STANDARD,
      },
      panels: [drawBalance(runs), drawMoves(runs, 'movesPerHour')],
    },
    sentences: [
      `With ${fewStreams.label}, a share of ${toPercent(HIGH)} instead of ${toPercent(STANDARD)} takes the moves from ${start.movesPerHour.toFixed(1)} to ${dear.movesPerHour.toFixed(1)} an hour, and the hottest instance from ${toExcess(start.meanImbalance)} to ${toExcess(dear.meanImbalance)} above the mean.`,
      `With ${manyStreams.label} it goes from ${manyStart.movesPerHour.toFixed(1)} to ${manyDear.movesPerHour.toFixed(1)} moves an hour.`,
    ],
    table: tabulate(runs),
  };
}

function tabulate({ many, few }: ComparedRuns): string[][] {
  return [
    [
      'cost share',
      '20 each: peak / mean',
      'moves per hour',
      '6 each: peak / mean',
      'moves per hour',
    ],
    ...many.map((run) => [
      toPercent(run.value),
      ...[run, getRun(few, run.value)].flatMap((it) => [
        it.meanImbalance.toFixed(3),
        it.movesPerHour.toFixed(1),
      ]),
    ]),
  ];
}
