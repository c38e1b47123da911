import type { InstanceColumns } from './instance.columns';
import type { StreamColumns } from './stream.columns';
import { valueAt } from './column.access';
import { computeUnitsPerOne, toLimitUnits, toUnits } from './fixed.point';

/** Per dimension. */
export interface Scale {
  /** Whole units in one of the fleet's own. */
  readonly unitsPerOne: Float64Array;
  readonly demandRange: DemandRange;
}

/** The smallest and the largest demand of any stream, per dimension, in whole units. */
export interface DemandRange {
  readonly least: Float64Array;
  readonly largest: Float64Array;
}

/**
 * Makes every quantity whole units, dimension by dimension, in place: a column of a million streams
 * is not copied for it. Called once, before anything reads the columns.
 */
export function scaleDimensions(
  instances: InstanceColumns,
  streams: StreamColumns,
  dimensionCount: number,
): Scale {
  const unitsPerOnes = new Float64Array(dimensionCount);
  const range = {
    least: new Float64Array(dimensionCount),
    largest: new Float64Array(dimensionCount),
  };
  for (let dimension = 0; dimension < dimensionCount; dimension++) {
    clampDemand(streams.demand, findMost(instances, dimension, dimensionCount), {
      dimension,
      dimensionCount,
    });
    const { least, largest } = findRange(streams.demand, dimension, dimensionCount);
    const unitsPerOne = computeUnitsPerOne(largest, streams.count);
    unitsPerOnes[dimension] = unitsPerOne;
    range.least[dimension] = toUnits(least, unitsPerOne);
    range.largest[dimension] = toUnits(largest, unitsPerOne);
    for (let at = dimension; at < streams.demand.length; at += dimensionCount) {
      streams.demand[at] = toUnits(valueAt(streams.demand, at), unitsPerOne);
    }
    for (let at = dimension; at < instances.limit.length; at += dimensionCount) {
      instances.limit[at] = toLimitUnits(valueAt(instances.limit, at), unitsPerOne);
      // At least one unit, so that an instance without any capacity is very full, not infinitely.
      instances.share[at] = Math.max(1, valueAt(instances.share, at) * unitsPerOne);
    }
  }
  return { unitsPerOne: unitsPerOnes, demandRange: range };
}

/**
 * Twice what any instance has of a resource, or all of them together of weight: a demand above that
 * fits nowhere, however far above. Counted as it is, one absurd number would make the unit so
 * coarse that everybody else's demands were rounded up to it.
 */
function findMost(
  { count, limit, share }: InstanceColumns,
  dimension: number,
  dimensionCount: number,
): number {
  let most = 0;
  for (let instance = 0; instance < count; instance++) {
    const at = instance * dimensionCount + dimension;
    const has = valueAt(dimension === 0 ? share : limit, at);
    if (has === Number.POSITIVE_INFINITY) continue;
    most = dimension === 0 ? most + has : Math.max(most, has);
  }
  return most > 0 ? 2 * most : Number.POSITIVE_INFINITY;
}

function clampDemand(
  demand: Float64Array,
  most: number,
  { dimension, dimensionCount }: { readonly dimension: number; readonly dimensionCount: number },
): void {
  for (let at = dimension; at < demand.length; at += dimensionCount) {
    if (valueAt(demand, at) > most) demand[at] = most;
  }
}

function findRange(
  demand: Float64Array,
  dimension: number,
  dimensionCount: number,
): { least: number; largest: number } {
  let largest = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let at = dimension; at < demand.length; at += dimensionCount) {
    const amount = valueAt(demand, at);
    if (amount > largest) largest = amount;
    if (amount < least) least = amount;
  }
  return { least, largest };
}
