import type { FleetColumns } from '../columns/fleet.columns';
import { addAt, valueAt } from '../columns/column.access';
import { compareIds, parseNumericId } from '../columns/id.order';

/**
 * The order in which streams look for a home: higher priority first, because the last ones may find
 * none; then larger ones, which need the larger gaps and leave the small ones to even things out
 * (longest processing time first, Graham 1969); then by id.
 */
export function sortForPlacing(columns: FleetColumns, streams: readonly number[]): number[] {
  const { priority, views } = columns.streams;
  // Columns by place in the list: the comparison runs some 17 times per stream of 100,000.
  const priorities = Float64Array.from(streams, (stream) => valueAt(priority, stream));
  const sizes = computeSizes(columns, streams);
  const ids = Float64Array.from(streams, (stream) => parseNumericId(views[stream]?.streamId ?? ''));
  const idAt = (place: number): string => views[streams[place] ?? -1]?.streamId ?? '';
  const byNeed = (left: number, right: number): number => {
    const byPriority = valueAt(priorities, right) - valueAt(priorities, left);
    if (byPriority !== 0) return byPriority;
    const bySize = valueAt(sizes, right) - valueAt(sizes, left);
    if (bySize !== 0) return bySize;
    const areNumeric = valueAt(ids, left) >= 0 && valueAt(ids, right) >= 0;
    if (areNumeric) return valueAt(ids, left) - valueAt(ids, right);
    return compareIds(idAt(left), idAt(right));
  };
  const places = Array.from(streams.keys()).sort(byNeed);
  return places.map((place) => streams[place] ?? -1);
}

/** Share of what the whole fleet has, in the dimension that is scarcest for the stream. */
function computeSizes(columns: FleetColumns, streams: readonly number[]): Float64Array {
  const { instances, dimensionCount } = columns;
  const total = new Float64Array(dimensionCount);
  for (let at = 0; at < instances.share.length; at++) {
    const share = valueAt(instances.share, at);
    if (share < Number.POSITIVE_INFINITY) addAt(total, at % dimensionCount, share);
  }
  const sizes = new Float64Array(streams.length);
  for (const [place, stream] of streams.entries()) {
    for (let dimension = 0; dimension < dimensionCount; dimension++) {
      const demand = valueAt(columns.streams.demand, stream * dimensionCount + dimension);
      const size = demand / Math.max(1, valueAt(total, dimension));
      if (size > valueAt(sizes, place)) sizes[place] = size;
    }
  }
  return sizes;
}
