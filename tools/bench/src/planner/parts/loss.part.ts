import { plan } from '@weir/planner';
import { capacityFor, readyInstance } from '../fleet/instance.rows';
import type { LargeFleet } from '../fleet/large.fleet';
import { PLAN_SEED } from '../fleet/planner.presets';
import { settle } from '../fleet/settle';
import { timeRuns } from '../measure/timed.runs';
import type { Runs } from '../measure/timed.runs';
import { openSettledFleet } from './settled.fleet';

export interface LossFigures {
  readonly samplesMs: readonly number[];
  readonly wasSettled: boolean;
  readonly isSettled: boolean;
  /** Streams that the lost instance had: the fewest steps possible. */
  readonly ownStreams: number;
  /** Steps for those streams, until nothing was left to do; each is to be one. */
  readonly stepsForOwn: number;
  /** Own streams for which there was at least one step. */
  readonly ownStreamsPlaced: number;
  /** Steps for streams of other instances. */
  readonly stepsForOthers: number;
}

/** One instance of a settled fleet is lost. */
export function measureLoss(order: LargeFleet & Runs): LossFigures {
  const { ledger, isSettled: wasSettled, pace } = openSettledFleet(order);
  const lost = order.instances >> 1;
  const own = new Set<string>();
  for (const [at, owner] of ledger.owners.entries()) if (owner === lost) own.add(String(at + 1));
  const capacity = capacityFor(ledger.weights, order.instances);
  ledger.putInstance({ ...readyInstance(lost, capacity), status: 'lost' });
  const { samplesMs } = timeRuns(order, {
    prepare: () => ledger.snapshot(),
    run: (snapshot) => plan(snapshot, pace.settings, { now: pace.nowMs, seed: PLAN_SEED }),
  });
  const { plans, isSettled } = settle(ledger, pace);
  const steps = plans.flatMap((one) => [...one.placements, ...one.moves]);
  const forOwn = steps.filter((step) => own.has(step.streamId));
  return {
    samplesMs,
    wasSettled,
    isSettled,
    ownStreams: own.size,
    stepsForOwn: forOwn.length,
    ownStreamsPlaced: new Set(forOwn.map((step) => step.streamId)).size,
    stepsForOthers: steps.length - forOwn.length,
  };
}
