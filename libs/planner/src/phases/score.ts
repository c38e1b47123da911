import type { Scores } from '../boundary/plan.view';
import type { FleetColumns } from '../columns/fleet.columns';
import { flagAt, indexAt, valueAt } from '../columns/column.access';
import { isAllowedByLabels } from '../columns/label.classes';
import { computeMean, listReady } from '../state/balance.level';
import type { Accounts } from '../state/accounts';
import { computeHeadroomN1 } from './score.headroom';

/**
 * Last: measures an assignment, once as it is found and once as it is planned.
 * @param homes where each stream is; -1 nowhere.
 * @param accounts counted from them: not those that the phases kept, so that a plan cannot praise
 * itself.
 */
export function score(columns: FleetColumns, homes: Int32Array, accounts: Accounts): Scores {
  const mean = computeMean(columns, accounts.load, listReady(columns));
  const levels = computeUtilisations(columns, accounts);
  return {
    peak: levels.peak,
    mean,
    spread: levels.readyHottest - levels.readyColdest,
    balance: levels.readyHottest > 0 ? Math.min(1, mean / levels.readyHottest) : 1,
    violations: countMisplaced(columns, homes) + countExceeded(columns, accounts),
    unplaced: accounts.unplaced,
    headroomN1: computeHeadroomN1(columns, accounts),
  };
}

function computeUtilisations(
  columns: FleetColumns,
  { load }: Accounts,
): { peak: number; readyHottest: number; readyColdest: number } {
  const { instances, dimensionCount } = columns;
  let peak = 0;
  let readyHottest = 0;
  let readyColdest = Number.POSITIVE_INFINITY;
  for (let instance = 0; instance < instances.count; instance++) {
    let utilisation = 0;
    for (let dimension = 0; dimension < dimensionCount; dimension++) {
      const at = instance * dimensionCount + dimension;
      utilisation = Math.max(utilisation, valueAt(load, at) / valueAt(instances.share, at));
    }
    peak = Math.max(peak, utilisation);
    if (flagAt(instances.isReady, instance) === 0) continue;
    readyHottest = Math.max(readyHottest, utilisation);
    readyColdest = Math.min(readyColdest, utilisation);
  }
  return { peak, readyHottest, readyColdest: Math.min(readyColdest, readyHottest) };
}

/** Streams where their labels forbid them, plus every further one of a group on one instance. */
function countMisplaced(columns: FleetColumns, homes: Int32Array): number {
  const { streams, instances, labels } = columns;
  // Without labels and groups nothing can be where it must not be.
  if (streams.classCount === 1 && streams.groupCount === 0) return 0;
  const seen = new Set<number>();
  let misplaced = 0;
  for (let stream = 0; stream < streams.count; stream++) {
    const home = indexAt(homes, stream);
    if (home < 0 || flagAt(streams.isEnabled, stream) === 0) continue;
    const group = indexAt(streams.groupOf, stream);
    const place = group * instances.count + home;
    if (!isAllowedByLabels(labels, indexAt(streams.classOf, stream), home)) misplaced += 1;
    if (group < 0) continue;
    if (seen.has(place)) misplaced += 1;
    seen.add(place);
  }
  return misplaced;
}

function countExceeded(columns: FleetColumns, { load, streamCount }: Accounts): number {
  const { instances, dimensionCount } = columns;
  let exceeded = 0;
  for (let instance = 0; instance < instances.count; instance++) {
    if (indexAt(streamCount, instance) > indexAt(instances.slots, instance)) exceeded += 1;
    for (let dimension = 1; dimension < dimensionCount; dimension++) {
      const at = instance * dimensionCount + dimension;
      if (valueAt(load, at) > valueAt(instances.limit, at)) exceeded += 1;
    }
  }
  return exceeded;
}
