import { defaultPlannerSettings } from '@weir/planner';
import type { Series } from '../drawing/plot.view';
import { runJoin } from '../simulation/joining.instance';
import type { Join, JoinOptions } from '../simulation/joining.instance';
import type { Finding, Study } from '../study';

/** Twenty instances with 150 streams each, and a move takes two seconds from stop to start. */
const FLEET: JoinOptions = { instances: 20, streamsEach: 150, capacity: 250, roundsPerMove: 2 };

const PER_PLAN = [1, 2, 5, 10, 20, 50, 100, 200];
const PER_INSTANCE = [5, 20, 50, 200];
/** What fleets start with, per instance. */
const USUAL = 20;

interface BudgetRun {
  readonly perPlan: number;
  readonly perInstance: number;
  readonly join: Join;
}

/** How long does a new instance wait for its share under each budget? */
export const moveBudgetStudy: Study = {
  name: 'move-budget',
  run: () =>
    describe(
      PER_INSTANCE.flatMap((perInstance) =>
        PER_PLAN.map((perPlan) => ({ perPlan, perInstance, join: join(perPlan, perInstance) })),
      ),
    ),
};

function join(perPlan: number, perInstance: number): Join {
  return runJoin(FLEET, {
    ...defaultPlannerSettings,
    maxMovesPerPlan: perPlan,
    maxMovesInFlightPerInstance: perInstance,
  });
}

function describe(runs: readonly BudgetRun[]): Finding {
  const seconds = (perPlan: number, perInstance: number): string => {
    const found = runs.find((run) => run.perPlan === perPlan && run.perInstance === perInstance);
    return found?.join.seconds === undefined ? 'too long' : `${found.join.seconds} s`;
  };
  const [slow, usual, wide] = [seconds(200, 5), seconds(200, USUAL), seconds(200, 50)];
  return {
    view: {
      title: `A joining instance waits for the tighter of two budgets: ${slow} at 5 moves per instance, ${usual} at ${USUAL}, ${wide} at 50, however many a plan may have`,
      note: 'One empty instance joins 20 with 150 streams each. One plan a second; a move is under way for 2 s. Until it runs its share, less the band of 10 %.',
      x: {
        kind: 'log',
        label: 'movesPerPlanMax, in moves',
        ticks: PER_PLAN,
        format: String,
      },
      panels: [
        {
          y: {
            label:
              'seconds until the new instance has its share, one line per movesInFlightPerInstanceMax',
            kind: 'log',
            from: 1,
            format: String,
          },
          series: PER_INSTANCE.map((perInstance) => toSeries(runs, perInstance)),
        },
      ],
    },
    sentences: [
      `With \`movesInFlightPerInstanceMax\` at ${USUAL}, the new instance has its share after ${usual}; at 5 it takes ${slow}, at 50 ${wide}.`,
      `One move per plan takes ${seconds(1, USUAL)}, ten take ${seconds(10, USUAL)}: beyond what fits in flight, a larger plan changes nothing.`,
    ],
    table: [
      [
        'moves per plan',
        ...PER_INSTANCE.map((perInstance) => `${perInstance} in flight per instance`),
      ],
      ...PER_PLAN.map((perPlan) => [
        String(perPlan),
        ...PER_INSTANCE.map((perInstance) => seconds(perPlan, perInstance)),
      ]),
    ],
  };
}

/** The joins under one budget per instance that came to their end. */
function toSeries(runs: readonly BudgetRun[], perInstance: number): Series {
  const points = runs
    .filter((run) => run.perInstance === perInstance)
    .flatMap(({ perPlan, join: { seconds } }): [number, number][] =>
      seconds === undefined ? [] : [[perPlan, seconds]],
    );
  return { label: String(perInstance), points };
}
