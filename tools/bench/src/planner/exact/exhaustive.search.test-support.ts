import { countMoved, isAllowed, peakOf } from './exact.case';
import type { ExactCase } from './exact.case';

/** Every assignment that the labels allow, one after the other, in the same array. */
export function* everyAssignment(fleet: ExactCase): Generator<readonly number[]> {
  yield* complete(fleet, []);
}

function* complete(fleet: ExactCase, owners: number[]): Generator<readonly number[]> {
  const stream = owners.length;
  if (stream === fleet.weights.length) {
    yield owners;
    return;
  }
  for (const instance of fleet.capacities.keys()) {
    if (!isAllowed(fleet, stream, instance)) continue;
    owners.push(instance);
    yield* complete(fleet, owners);
    owners.pop();
  }
}

export function lowestPeakBySearch(fleet: ExactCase): number {
  let lowest = Number.POSITIVE_INFINITY;
  for (const owners of everyAssignment(fleet)) lowest = Math.min(lowest, peakOf(fleet, owners));
  return lowest;
}

export function fewestMovesBySearch(fleet: ExactCase, peakMax: number): number {
  let fewest = Number.POSITIVE_INFINITY;
  for (const owners of everyAssignment(fleet)) {
    if (peakOf(fleet, owners) <= peakMax + 1e-9)
      fewest = Math.min(fewest, countMoved(fleet, owners));
  }
  return fewest;
}
