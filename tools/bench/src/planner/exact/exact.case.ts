import { FleetLedger } from '../fleet/fleet.ledger';
import { readyInstance } from '../fleet/instance.rows';
import type { SeededRandom } from '../measure/seeded.random';

/** A fleet small enough to be solved exactly. */
export interface ExactCase {
  /** Per instance, in the unit of the weights. */
  readonly capacities: readonly number[];
  readonly weights: readonly number[];
  /** Per stream the number of its instance at the start, or -1. */
  readonly owners: readonly number[];
  /** Per instance the value of its label. */
  readonly regions: readonly string[];
  /** Per stream the value of the label that it requires. */
  readonly requires: readonly (string | undefined)[];
}

const NOBODY = -1;
const STREAMS = { min: 2, max: 12 };
const INSTANCES = { min: 2, max: 5 };
/** Slots are never short: even the smallest instance could hold every stream. */
const CAPACITY = { min: STREAMS.max, max: 4 * STREAMS.max };
const WEIGHT = { low: 1, high: 8 };
const REGIONS = ['eu', 'us'];
/** Shares of cases with unequal capacities and with labels, and of streams with an owner. */
const UNEQUAL = 1 / 3;
const LABELLED = 1 / 4;
const OWNED = 2 / 3;

/**
 * 2 to 12 streams of weight 1 to 8, in hundredths, on 2 to 5 instances. Each stream has an owner at
 * the start with probability 2/3, any instance at all. In a third of the cases capacities differ by
 * up to four times; in a quarter half of the streams require a label, which some instance has.
 */
export function drawExactCase(random: SeededRandom): ExactCase {
  const count = STREAMS.min + random.below(STREAMS.max - STREAMS.min + 1);
  const instances = INSTANCES.min + random.below(INSTANCES.max - INSTANCES.min + 1);
  const isUnequal = random.chance(UNEQUAL);
  const isLabelled = random.chance(LABELLED);
  const list = <T>(length: number, draw: () => T): T[] => Array.from({ length }, draw);
  const regions = list(instances, () => REGIONS[random.below(REGIONS.length)] as string);
  return {
    capacities: list(instances, () =>
      isUnequal ? CAPACITY.min + random.below(CAPACITY.max - CAPACITY.min + 1) : CAPACITY.min,
    ),
    weights: list(count, () => Math.round(100 * random.between(WEIGHT.low, WEIGHT.high)) / 100),
    owners: list(count, () => (random.chance(OWNED) ? random.below(instances) : NOBODY)),
    regions,
    requires: list(count, () =>
      isLabelled && random.chance(0.5) ? regions[random.below(instances)] : undefined,
    ),
  };
}

/** True when the labels allow the stream there. */
export function isAllowed(fleet: ExactCase, stream: number, instance: number): boolean {
  const required = fleet.requires[stream];
  return required === undefined || required === fleet.regions[instance];
}

/** Utilisation of the hottest instance. @param owners per stream the number of its instance. */
export function peakOf(fleet: ExactCase, owners: ArrayLike<number>): number {
  const loads = fleet.capacities.map(() => 0);
  for (const [stream, weight] of fleet.weights.entries()) {
    const owner = owners[stream] ?? NOBODY;
    loads[owner] = (loads[owner] ?? Number.NaN) + weight;
  }
  return Math.max(...loads.map((load, at) => load / (fleet.capacities[at] ?? Number.NaN)));
}

/** Streams that had an owner and now have another one. */
export function countMoved(fleet: ExactCase, owners: ArrayLike<number>): number {
  return fleet.owners.filter((owner, stream) => owner !== NOBODY && owner !== owners[stream])
    .length;
}

/** The same fleet for the planner. */
export function openExactCase(fleet: ExactCase, nowMs: number): FleetLedger {
  const ledger = new FleetLedger({
    instances: fleet.capacities.map((capacity, at) => ({
      ...readyInstance(at, capacity),
      labels: { region: fleet.regions[at] ?? '' },
    })),
    weights: Float64Array.from(fleet.weights),
    requires: fleet.requires.map((region) => (region === undefined ? undefined : { region })),
  });
  for (const [stream, owner] of fleet.owners.entries()) {
    if (owner !== NOBODY) ledger.assign(stream, owner, nowMs);
  }
  return ledger;
}
