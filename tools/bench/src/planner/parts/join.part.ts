import { plan } from '@weir/planner';
import type { Plan } from '@weir/planner';
import { capacityFor, readyInstance, serverIdOf } from '../fleet/instance.rows';
import type { LargeFleet } from '../fleet/large.fleet';
import { fewestReaching } from '../fleet/lower.bounds';
import { PLAN_SEED } from '../fleet/planner.presets';
import { settle } from '../fleet/settle';
import { timeRuns } from '../measure/timed.runs';
import type { Runs } from '../measure/timed.runs';
import { openSettledFleet } from './settled.fleet';

/** What counts as having reached the mean: the planner's own reading, a hundredth below it. */
const REACHED = 0.99;

export interface JoinFigures {
  readonly samplesMs: readonly number[];
  /** True: before the instance joined there was nothing left to do. */
  readonly wasSettled: boolean;
  /** True: there was nothing left to do in the end. */
  readonly isSettled: boolean;
  /** Steps to the new instance, until nothing was left to do. */
  readonly movesToNew: number;
  /** Steps to any other. */
  readonly movesElsewhere: number;
  /** The fewest streams that bring the new instance within a hundredth of the mean. */
  readonly fewestMoves: number;
  /** An even count of streams, rounded down. */
  readonly evenCount: number;
  /** Load of the new instance over the mean, in the end. Ratio. */
  readonly shareOfNew: number;
}

/** One empty instance joins a settled fleet. */
export function measureJoin(order: LargeFleet & Runs): JoinFigures {
  const { ledger, isSettled: wasSettled, pace } = openSettledFleet(order);
  const capacity = capacityFor(ledger.weights, order.instances);
  const joined = ledger.putInstance(readyInstance(order.instances, capacity));
  const { samplesMs } = timeRuns(order, {
    prepare: () => ledger.snapshot(),
    run: (snapshot) => plan(snapshot, pace.settings, { now: pace.nowMs, seed: PLAN_SEED }),
  });
  const { plans, isSettled } = settle(ledger, pace);
  const total = ledger.weights.reduce((sum, weight) => sum + weight, 0);
  const mean = total / (order.instances + 1);
  const movesToNew = countSteps(plans, (to) => to === serverIdOf(joined));
  return {
    samplesMs,
    wasSettled,
    isSettled,
    movesToNew,
    movesElsewhere: countSteps(plans, (to) => to !== serverIdOf(joined)),
    fewestMoves: fewestReaching(ledger.weights, REACHED * mean),
    evenCount: Math.floor(order.streams / (order.instances + 1)),
    shareOfNew: (ledger.loads()[joined] ?? 0) / mean,
  };
}

function countSteps(plans: readonly Plan[], isCounted: (to: string) => boolean): number {
  return plans
    .flatMap((one) => [...one.placements, ...one.moves])
    .filter((step) => isCounted(step.to)).length;
}
