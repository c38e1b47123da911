import { plan } from '@weir/planner';
import { FleetLedger } from '../fleet/fleet.ledger';
import { readyInstances } from '../fleet/instance.rows';
import { PLAN_SEED, STARTED_AT_MS, unlimitedSettings } from '../fleet/planner.presets';
import { settle } from '../fleet/settle';
import { drawWeights } from '../fleet/weight.draw';
import { SeededRandom } from '../measure/seeded.random';

/** By this much each load is off its base, up or down, anew in each round. Ratio. */
const JITTER = 0.01;
const GAP_MS = 60_000;
const PLANS_MAX = 20;

export interface JitterOrder {
  readonly streams: number;
  readonly instances: number;
  /** Load of the fleet as share of its capacity. Ratio. */
  readonly utilisation: number;
  readonly rounds: number;
  readonly seed: number;
}

export interface JitterFigures {
  readonly wasSettled: boolean;
  /** Steps of each round. */
  readonly steps: readonly number[];
}

/** A settled fleet whose loads are never still. */
export function measureJitter(order: JitterOrder): JitterFigures {
  const random = new SeededRandom(order.seed);
  const base = drawWeights('uniform', order.streams, random);
  const total = base.reduce((sum, weight) => sum + weight, 0);
  const capacity = Math.round(total / order.instances / order.utilisation);
  const ledger = new FleetLedger({
    instances: readyInstances(order.instances, capacity),
    weights: Float64Array.from(base),
  });
  const pace = { settings: unlimitedSettings, gapMs: GAP_MS, plansMax: PLANS_MAX };
  const settled = settle(ledger, { ...pace, nowMs: STARTED_AT_MS });
  const steps: number[] = [];
  let nowMs = settled.nowMs;
  for (let round = 0; round < order.rounds; round++) {
    nowMs += GAP_MS;
    ledger.weights.set(base.map((weight) => weight * random.between(1 - JITTER, 1 + JITTER)));
    const next = plan(ledger.snapshot(), unlimitedSettings, { now: nowMs, seed: PLAN_SEED });
    ledger.apply(next, nowMs);
    steps.push(next.placements.length + next.moves.length);
  }
  return { wasSettled: settled.isSettled, steps };
}
