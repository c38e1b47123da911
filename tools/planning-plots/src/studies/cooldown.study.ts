import { defaultPlannerSettings } from '@weir/planner';
import type { Finding, Study } from '../study';
import type { ComparedRuns } from './compared.panel';
import { drawBalance, drawMoves } from './compared.panel';
import type { SettingRun, Workload } from './drifting.study';
import { fewStreams, getRun, manyStreams, runSettings } from './drifting.study';
import { toDuration, toExcess } from './number.words';

const VALUES = [0, 30_000, 60_000, 300_000, 900_000, 3_600_000, 14_400_000];
const STANDARD = defaultPlannerSettings.cooldownMs;
const LONG = 900_000;

/** Four hours of loads that change within minutes, planned every ten seconds. */
function quick(workload: Workload): Workload {
  const drift = { ...workload.drift, memoryMinutes: 20, daily: 0, jitter: 0.05 };
  return { ...workload, hours: 4, planEveryMinutes: 1 / 6, drift };
}

/** Does a longer rest save moves, or only spread them? */
export const cooldownStudy: Study = {
  name: 'cooldown',
  run: () => {
    const [many = [], few = []] = [manyStreams, fewStreams].map((workload) =>
      runSettings(quick(workload), VALUES, (cooldownMs) => ({ cooldownMs })),
    );
    return describe({ many, few });
  },
};

function describe(runs: ComparedRuns): Finding {
  const { many, few } = runs;
  const [start, rested] = [getRun(few, STANDARD), getRun(few, LONG)];
  const often = `${start.mostMovedPerHour.toFixed(1)} times an hour`;
  const seldom = rested.mostMovedPerHour.toFixed(1);
  return {
    view: {
      title: `A cooldown protects each stream rather than saving moves; a long one costs balance where streams are few and large`,
      note: 'Means of 4 runs of 4 hours: 20 instances, 60 % utilised, weights differ fivefold and wander within 20 minutes, one plan every 10 s. Relative band 10 %.',
      x: {
        kind: 'steps',
        label: 'moveCooldownMs',
        ticks: VALUES,
        format: toDuration,
        standard: STANDARD,
      },
      panels: [
        drawBalance(runs),
        drawMoves(runs, 'movesPerHour'),
        drawMoves(runs, 'mostMovedPerHour'),
      ],
    },
    sentences: [
      `With ${fewStreams.label} the most moved stream moves ${often} under the default of ${toDuration(STANDARD)} and ${seldom} times under ${toDuration(LONG)}; the hottest instance is then ${toExcess(rested.meanImbalance)} above the mean on average, not ${toExcess(start.meanImbalance)}.`,
      `With ${manyStreams.label} there is always another stream to move: between no cooldown and ${toDuration(LONG)} the average goes from ${toExcess(getRun(many, 0).meanImbalance)} to ${toExcess(getRun(many, LONG).meanImbalance)} above the mean.`,
    ],
    table: tabulate(runs),
  };
}

function tabulate({ many, few }: ComparedRuns): string[][] {
  const figures = (run: SettingRun): string[] => [
    run.meanImbalance.toFixed(3),
    run.movesPerHour.toFixed(0),
    run.mostMovedPerHour.toFixed(1),
  ];
  const names = ['peak / mean', 'moves per hour', 'of the most moved stream'];
  return [
    [
      'cooldown',
      ...names.map((name) => `20 each: ${name}`),
      ...names.map((name) => `6 each: ${name}`),
    ],
    ...many.map((run) => [
      toDuration(run.value),
      ...figures(run),
      ...figures(getRun(few, run.value)),
    ]),
  ];
}
