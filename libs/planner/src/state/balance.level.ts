import type { PlannerSettings } from '../boundary/planner.settings';
import type { FleetColumns } from '../columns/fleet.columns';
import { addAt, flagAt, indexAt, valueAt } from '../columns/column.access';

/** What is even among some instances, and from where on one of them is hot or cold. */
export interface BalanceLevel {
  /** Ready instances that can exchange streams. */
  readonly members: readonly number[];
  readonly mean: number;
  readonly hotAbove: number;
  readonly coldBelow: number;
  /** True: hot instances are relieved only by what goes to newcomers. */
  readonly onlyToNewcomers?: boolean;
}

/** What the level of some instances is computed from. */
export interface LevelInput {
  readonly columns: FleetColumns;
  readonly settings: PlannerSettings;
  /** [instance * D + dimension] */
  readonly load: Float64Array;
}

/**
 * The dead band around the mean: the wider of its two widths counts, since both must be exceeded.
 *
 * The mean is that of the instances that can reach it. One whose largest stream alone is above the
 * mean stays above it whatever happens, since streams are whole; it is left out together with that
 * load, and the mean of the others falls. (The same bound that Dicer's tests hold a peak against.)
 * @param largest what the largest stream of each instance alone makes of its utilisation; without
 * it, the mean is that of all.
 */
export function computeLevel(
  { columns, settings, load }: LevelInput,
  members: readonly number[],
  largest?: Float64Array,
): BalanceLevel {
  let able = members;
  let mean = computeMean(columns, load, able);
  while (largest) {
    const below = able.filter((instance) => valueAt(largest, instance) <= mean);
    const meanBelow = computeMean(columns, load, below);
    // Nothing on the others: there is no level that any of them could be brought to.
    if (below.length === able.length || meanBelow === 0) break;
    able = below;
    mean = meanBelow;
  }
  const band = Math.max(settings.relativeBand * mean, settings.absoluteBand);
  return { members, mean, hotAbove: mean + band, coldBelow: Math.max(0, mean - band) };
}

/** True when some stream alone could bring some instance above the mean of all of them. */
export function canOneBeAbove(columns: FleetColumns, load: Float64Array): boolean {
  const { instances, demandRange, dimensionCount } = columns;
  const mean = computeMean(columns, load, listReady(columns));
  return instances.share.some((share, at) => {
    return valueAt(demandRange.largest, at % dimensionCount) > mean * share;
  });
}

/**
 * Per instance, what its largest stream alone makes of its utilisation.
 * @param homeOf where each stream is; -1 nowhere.
 */
export function computeLargest(columns: FleetColumns, homeOf: Int32Array): Float64Array {
  const { instances, streams, dimensionCount } = columns;
  const largest = new Float64Array(instances.count);
  for (let stream = 0; stream < streams.count; stream++) {
    const home = indexAt(homeOf, stream);
    if (home < 0) continue;
    for (let dimension = 0; dimension < dimensionCount; dimension++) {
      const demand = valueAt(streams.demand, stream * dimensionCount + dimension);
      const part = demand / valueAt(instances.share, home * dimensionCount + dimension);
      if (part > valueAt(largest, home)) largest[home] = part;
    }
  }
  return largest;
}

/** Utilisation if the load of the members were even over them, in the scarcest dimension. */
export function computeMean(
  columns: FleetColumns,
  load: Float64Array,
  members: readonly number[],
): number {
  const { instances, dimensionCount } = columns;
  let mean = 0;
  for (let dimension = 0; dimension < dimensionCount; dimension++) {
    const sums = new Float64Array(2);
    for (const instance of members) {
      const at = instance * dimensionCount + dimension;
      const share = valueAt(instances.share, at);
      if (share === Number.POSITIVE_INFINITY) continue;
      addAt(sums, 0, valueAt(load, at));
      addAt(sums, 1, share);
    }
    if (valueAt(sums, 1) > 0) mean = Math.max(mean, valueAt(sums, 0) / valueAt(sums, 1));
  }
  return mean;
}

export function listReady({ instances }: FleetColumns): number[] {
  return [...instances.serverIds.keys()].filter((it) => flagAt(instances.isReady, it) === 1);
}
