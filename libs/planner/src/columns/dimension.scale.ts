import type { InstanceColumns } from './instance.columns';
import type { StreamColumns } from './stream.columns';
import { valueAt } from './column.access';
import { computeUnitsPerOne, toLimitUnits, toUnits } from './fixed.point';

/**
 * Makes every quantity whole units, dimension by dimension, in place: a column of a million streams
 * is not copied for it. Called once, before anything reads the columns.
 */
export function scaleDimensions(
  instances: InstanceColumns,
  streams: StreamColumns,
  dimensionCount: number,
): void {
  for (let dimension = 0; dimension < dimensionCount; dimension++) {
    const unitsPerOne = computeUnitsPerOne(
      findLargest(streams.demand, dimension, dimensionCount),
      streams.count,
    );
    for (let at = dimension; at < streams.demand.length; at += dimensionCount) {
      streams.demand[at] = toUnits(valueAt(streams.demand, at), unitsPerOne);
    }
    for (let at = dimension; at < instances.limit.length; at += dimensionCount) {
      instances.limit[at] = toLimitUnits(valueAt(instances.limit, at), unitsPerOne);
      // At least one unit, so that an instance without any capacity is very full, not infinitely.
      instances.share[at] = Math.max(1, valueAt(instances.share, at) * unitsPerOne);
    }
  }
}

function findLargest(demand: Float64Array, dimension: number, dimensionCount: number): number {
  let largest = 0;
  for (let at = dimension; at < demand.length; at += dimensionCount) {
    if (valueAt(demand, at) > largest) largest = valueAt(demand, at);
  }
  return largest;
}
