import type { PlannerSettings } from '../boundary/planner.settings';
import type { FleetColumns } from '../columns/fleet.columns';
import { addAt, flagAt, valueAt } from '../columns/column.access';

/** What is even among some instances, and from where on one of them is hot or cold. */
export interface BalanceLevel {
  /** Ready instances that can exchange streams. */
  readonly members: readonly number[];
  readonly mean: number;
  readonly hotAbove: number;
  readonly coldBelow: number;
}

/**
 * The dead band around the mean: the wider of its two widths counts, since both must be exceeded.
 * @param load [instance * D + dimension]
 */
export function computeLevel(
  columns: FleetColumns,
  load: Float64Array,
  settings: PlannerSettings,
  members: readonly number[],
): BalanceLevel {
  const mean = computeMean(columns, load, members);
  const band = Math.max(settings.relativeBand * mean, settings.absoluteBand);
  return { members, mean, hotAbove: mean + band, coldBelow: mean - band };
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
