import type { StreamView } from '../boundary/snapshot.view';
import { indexAt, valueAt } from './column.access';
import { compareIds, parseNumericId } from './id.order';
import { listIndices, orderByKeys } from './radix.order';

/**
 * The streams in the one order of their ids. In columns that are numbered so, a lower index is a
 * lower id: every tie between streams falls by comparing two integers, and the order in which the
 * snapshot lists them can have no influence.
 * @throws RangeError when two streams have the same id, which no fleet can have.
 */
export function sortById(views: readonly StreamView[]): readonly StreamView[] {
  const ids = Float64Array.from(views, (view) => parseNumericId(view.streamId));
  return ids.includes(-1) ? sortByText(views) : sortByNumber(views, ids);
}

const LOW_BITS = 2 ** 32;

function sortByNumber(views: readonly StreamView[], ids: Float64Array): StreamView[] {
  const low = new Uint32Array(ids.length);
  const high = new Uint32Array(ids.length);
  for (let at = 0; at < ids.length; at++) {
    low[at] = valueAt(ids, at) % LOW_BITS;
    high[at] = valueAt(ids, at) / LOW_BITS;
  }
  const order = orderByKeys(high, orderByKeys(low, listIndices(ids.length)));
  const sorted: StreamView[] = [];
  for (let at = 0; at < order.length; at++) {
    const index = indexAt(order, at);
    const isTwice = at > 0 && valueAt(ids, index) === valueAt(ids, indexAt(order, at - 1));
    if (isTwice) throw twice((views[index] as StreamView).streamId);
    sorted.push(views[index] as StreamView);
  }
  return sorted;
}

function sortByText(views: readonly StreamView[]): StreamView[] {
  const sorted = [...views].sort((a, b) => compareIds(a.streamId, b.streamId));
  for (const [at, view] of sorted.entries()) {
    if (at > 0 && sorted[at - 1]?.streamId === view.streamId) throw twice(view.streamId);
  }
  return sorted;
}

function twice(streamId: string): RangeError {
  return new RangeError(`two streams are called ${streamId}`);
}
