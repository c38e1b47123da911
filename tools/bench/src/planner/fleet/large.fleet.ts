import { SeededRandom } from '../measure/seeded.random';
import { FleetLedger } from './fleet.ledger';
import { capacityFor, readyInstances } from './instance.rows';
import { drawWeights } from './weight.draw';
import type { WeightKind } from './weight.draw';

/** A fleet of equal instances without constraints. */
export interface LargeFleet {
  readonly streams: number;
  readonly instances: number;
  readonly weights: WeightKind;
  readonly seed: number;
}

/** Nobody owns anything yet. */
export function openLargeFleet(fleet: LargeFleet): FleetLedger {
  const weights = drawWeights(fleet.weights, fleet.streams, new SeededRandom(fleet.seed));
  const capacity = capacityFor(weights, fleet.instances);
  return new FleetLedger({ instances: readyInstances(fleet.instances, capacity), weights });
}
