import type { FleetColumns } from '../columns/fleet.columns';
import { addAt, flagAt, indexAt, valueAt } from '../columns/column.access';
import { listIndices, orderByKeys } from '../columns/radix.order';

/**
 * The order in which streams look for a home: higher priority first, because the last ones may find
 * none; then those that may be in fewer places, because others would take these; then larger ones,
 * which need the larger gaps and leave the small ones to even things out (longest processing time
 * first, Graham 1969); then by id.
 */
export function sortForPlacing(columns: FleetColumns, streams: ArrayLike<number>): Int32Array {
  const byId = new Int32Array(streams);
  if (!isAscending(byId)) byId.sort();
  const sizes = computeSizes(columns, byId);
  const places = orderByKeys(descendingKeys(sizes), listIndices(byId.length));
  const ordered = sortByPriority(columns, byId, sortByScarcity(columns, byId, places));
  for (let at = 0; at < ordered.length; at++) ordered[at] = indexAt(byId, indexAt(ordered, at));
  return ordered;
}

function isAscending(numbers: Int32Array): boolean {
  for (let at = 1; at < numbers.length; at++) {
    if (indexAt(numbers, at) < indexAt(numbers, at - 1)) return false;
  }
  return true;
}

/**
 * The bits of a positive single order as the numbers do; one part in ten million is near enough.
 */
function descendingKeys(sizes: Float32Array<ArrayBuffer>): Uint32Array {
  const keys = new Uint32Array(sizes.buffer).slice();
  for (let at = 0; at < keys.length; at++) keys[at] = ~(keys[at] as number);
  return keys;
}

/** By how much of the fleet their labels allow, least first. */
function sortByScarcity(columns: FleetColumns, byId: Int32Array, places: Int32Array): Int32Array {
  const { classOf, classCount } = columns.streams;
  if (classCount === 1 || places.length < 2) return places;
  const rankOf = rankClasses(columns);
  const keys = new Uint32Array(byId.length);
  for (let at = 0; at < keys.length; at++) {
    keys[at] = indexAt(rankOf, indexAt(classOf, indexAt(byId, at)));
  }
  return orderByKeys(keys, places);
}

/** [class]: its place among the classes by what the ready instances it may be on have in all. */
function rankClasses({ instances, labels, streams, dimensionCount }: FleetColumns): Int32Array {
  const ofKind = new Float64Array(labels.kindCount);
  for (let instance = 0; instance < instances.count; instance++) {
    if (flagAt(instances.isReady, instance) === 0) continue;
    const share = valueAt(instances.share, instance * dimensionCount);
    addAt(ofKind, indexAt(labels.kindOf, instance), share);
  }
  const ofClass = Array.from({ length: streams.classCount }, (_, classId) => {
    const from = classId * labels.kindCount;
    return ofKind.reduce((sum, share, kind) => {
      return sum + (flagAt(labels.allowed, from + kind) === 1 ? share : 0);
    }, 0);
  });
  const ascending = [...new Set(ofClass)].sort((a, b) => a - b);
  const ranks = new Map(ascending.map((share, rank) => [share, rank]));
  return Int32Array.from(ofClass, (share) => ranks.get(share) ?? 0);
}

function sortByPriority(columns: FleetColumns, byId: Int32Array, places: Int32Array): Int32Array {
  const { priority } = columns.streams;
  const found = new Set<number>();
  let last = Number.NaN;
  for (let at = 0; at < byId.length; at++) {
    const value = valueAt(priority, indexAt(byId, at));
    if (value !== last) found.add(value);
    last = value;
  }
  if (found.size < 2) return places;
  const descending = [...found].sort((a, b) => b - a);
  const ranks = new Map(descending.map((value, rank) => [value, rank]));
  const keys = Uint32Array.from(byId, (stream) => ranks.get(valueAt(priority, stream)) ?? 0);
  return orderByKeys(keys, places);
}

/**
 * Share of what the whole fleet has, in the dimension that is scarcest for the stream.
 * @returns [place in `streams`]
 */
function computeSizes(columns: FleetColumns, streams: Int32Array): Float32Array<ArrayBuffer> {
  const { instances, dimensionCount } = columns;
  const total = new Float64Array(dimensionCount);
  for (let at = 0; at < instances.share.length; at++) {
    const share = valueAt(instances.share, at);
    if (share < Number.POSITIVE_INFINITY) addAt(total, at % dimensionCount, share);
  }
  const sizes = new Float32Array(streams.length);
  for (let place = 0; place < streams.length; place++) {
    const at = indexAt(streams, place) * dimensionCount;
    let largest = 0;
    for (let dimension = 0; dimension < dimensionCount; dimension++) {
      const demand = valueAt(columns.streams.demand, at + dimension);
      const size = demand / Math.max(1, valueAt(total, dimension));
      if (size > largest) largest = size;
    }
    sizes[place] = largest;
  }
  return sizes;
}
