import type { FleetColumns } from '../columns/fleet.columns';
import type { Accounts } from '../state/accounts';
import { addAt, flagAt, indexAt, valueAt } from '../columns/column.access';

/** Load and free room of parts of the fleet, [part * D + dimension]; 0 stands for `streams`. */
interface Parts {
  readonly count: number;
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
  const each = readInstances(columns, accounts);
  const zones = sumParts(each, instances.zoneOf, { count: instances.zoneCount, dimensionCount });
  const fleet = sumParts(zones, new Int32Array(zones.count), { count: 1, dimensionCount });
  const worst = computeWorst(each, fleet, dimensionCount);
  // The loss of the only zone is the loss of everything; that says nothing that one could act upon.
  return zones.count > 1 ? Math.max(worst, computeWorst(zones, fleet, dimensionCount)) : worst;
}

function emptyParts(count: number, dimensionCount: number): Parts {
  const length = count * dimensionCount;
  return { count, load: new Float64Array(length), free: new Float64Array(length) };
}

function readInstances(columns: FleetColumns, accounts: Accounts): Parts {
  const { instances, dimensionCount } = columns;
  const parts = emptyParts(instances.count, dimensionCount);
  for (let at = 0; at < parts.load.length; at++) {
    const instance = Math.floor(at / dimensionCount);
    const isCount = at % dimensionCount === 0;
    const load = isCount ? indexAt(accounts.streamCount, instance) : valueAt(accounts.load, at);
    const limit = isCount ? indexAt(instances.slots, instance) : valueAt(instances.limit, at);
    const isReady = flagAt(instances.isReady, instance) === 1;
    parts.load[at] = load;
    parts.free[at] = isReady ? Math.max(0, limit - load) : 0;
  }
  return parts;
}

function sumParts(
  parts: Parts,
  wholeOf: Int32Array,
  size: { readonly count: number; readonly dimensionCount: number },
): Parts {
  const wholes = emptyParts(size.count, size.dimensionCount);
  for (let part = 0; part < parts.count; part++) {
    const to = indexAt(wholeOf, part) * size.dimensionCount;
    const from = part * size.dimensionCount;
    for (let dimension = 0; dimension < size.dimensionCount; dimension++) {
      addAt(wholes.load, to + dimension, valueAt(parts.load, from + dimension));
      addAt(wholes.free, to + dimension, valueAt(parts.free, from + dimension));
    }
  }
  return wholes;
}

/** The largest share that would find no room if one of the parts were lost. */
function computeWorst(parts: Parts, fleet: Parts, dimensionCount: number): number {
  let worst = 0;
  for (let at = 0; at < parts.load.length; at++) {
    const dimension = at % dimensionCount;
    const total = valueAt(fleet.load, dimension);
    const free = valueAt(fleet.free, dimension);
    if (total <= 0) continue;
    // An instance without a limit takes all; if it is the lost one, others without one may be left.
    const left = free === Number.POSITIVE_INFINITY ? free : free - valueAt(parts.free, at);
    const share = (valueAt(parts.load, at) - left) / total;
    if (share > worst) worst = share;
  }
  return worst;
}
