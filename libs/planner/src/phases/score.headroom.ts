import type { FleetColumns } from '../columns/fleet.columns';
import type { Accounts } from './score';
import { addAt, flagAt, indexAt, valueAt } from '../columns/column.access';

/** Load and free room per dimension of some instances; dimension 0 stands for `streams`. */
interface Balance {
  readonly load: Float64Array;
  readonly free: Float64Array;
}

/**
 * Share of the load that would find no room if the worst single instance, or the worst zone, were
 * lost now; in the resource that lacks most. A bound from below: it treats load as if it could be
 * divided and looks at limits only, not at labels or groups.
 */
export function computeHeadroomN1(columns: FleetColumns, accounts: Accounts): number {
  const { instances, dimensionCount } = columns;
  const fleet = emptyBalance(dimensionCount);
  const zones = Array.from({ length: instances.zoneCount }, () => emptyBalance(dimensionCount));
  let worst = 0;
  const each = instances.serverIds.map((_, instance) => readBalance(columns, accounts, instance));
  for (const [instance, own] of each.entries()) {
    addBalance(fleet, own);
    const zone = zones[indexAt(instances.zoneOf, instance)];
    if (zone) addBalance(zone, own);
  }
  for (const part of each) worst = Math.max(worst, shareWithoutRoom(fleet, part));
  // The loss of the only zone is the loss of everything; that says nothing that one could act upon.
  if (zones.length > 1) {
    for (const part of zones) worst = Math.max(worst, shareWithoutRoom(fleet, part));
  }
  return worst;
}

function readBalance(columns: FleetColumns, accounts: Accounts, instance: number): Balance {
  const { instances, dimensionCount } = columns;
  const balance = emptyBalance(dimensionCount);
  const isReady = flagAt(instances.isReady, instance) === 1;
  for (let dimension = 0; dimension < dimensionCount; dimension++) {
    const at = instance * dimensionCount + dimension;
    const isCount = dimension === 0;
    const load = isCount ? indexAt(accounts.streamCount, instance) : valueAt(accounts.load, at);
    const limit = isCount ? indexAt(instances.slots, instance) : valueAt(instances.limit, at);
    balance.load[dimension] = load;
    balance.free[dimension] = isReady ? Math.max(0, limit - load) : 0;
  }
  return balance;
}

function shareWithoutRoom(fleet: Balance, lost: Balance): number {
  let worst = 0;
  for (const [dimension, total] of fleet.load.entries()) {
    if (total <= 0) continue;
    const free = valueAt(fleet.free, dimension);
    const lostFree = valueAt(lost.free, dimension);
    // An instance without a limit takes all; if it is the lost one, others without one may be left.
    const left = free === Number.POSITIVE_INFINITY ? free : free - lostFree;
    worst = Math.max(worst, (valueAt(lost.load, dimension) - left) / total);
  }
  return worst;
}

function emptyBalance(dimensionCount: number): Balance {
  return { load: new Float64Array(dimensionCount), free: new Float64Array(dimensionCount) };
}

function addBalance(to: Balance, part: Balance): void {
  for (const [dimension, amount] of part.load.entries()) {
    addAt(to.load, dimension, amount);
    addAt(to.free, dimension, valueAt(part.free, dimension));
  }
}
