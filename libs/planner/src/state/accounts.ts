import type { FleetColumns } from '../columns/fleet.columns';
import { addAt, countAt, flagAt, indexAt, valueAt } from '../columns/column.access';

/** What an assignment puts on each instance. */
export interface Accounts {
  /** [instance * D + dimension] */
  readonly load: Float64Array;
  readonly streamCount: Int32Array;
  /** Enabled streams that are nowhere. */
  readonly unplaced: number;
}

/**
 * Counts from nothing but the columns and where each stream is.
 * @param homes the instance of each stream; -1 nowhere.
 */
export function computeAccounts(columns: FleetColumns, homes: Int32Array): Accounts {
  const { instances, streams, dimensionCount } = columns;
  const load = new Float64Array(instances.count * dimensionCount);
  const streamCount = new Int32Array(instances.count);
  let unplaced = 0;
  for (let stream = 0; stream < streams.count; stream++) {
    const home = indexAt(homes, stream);
    if (home < 0) {
      unplaced += flagAt(streams.isEnabled, stream);
      continue;
    }
    countAt(streamCount, home, 1);
    for (let dimension = 0; dimension < dimensionCount; dimension++) {
      const demand = valueAt(streams.demand, stream * dimensionCount + dimension);
      addAt(load, home * dimensionCount + dimension, demand);
    }
  }
  return { load, streamCount, unplaced };
}
