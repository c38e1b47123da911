import { LoadHeap } from './load.heap';
import { decideBy } from './peer';
import type { Peer, PeerQuestion } from './peer';

/**
 * Sticky by count: every stream keeps its owner while that is there and has no more than its share
 * of the count; what is over goes to the instances with the fewest. Weights do not matter. What
 * Kafka's cooperative sticky assignor aims at (KIP-54, KIP-429), without its subscriptions.
 */
export const stickyCountsPeer: Peer = {
  name: 'sticky, evens out counts',
  prepare: decideBy(evenOutCounts),
};

function evenOutCounts({ streamIds, serverIds, alive, previous }: PeerQuestion): Int32Array {
  const counts = new Float64Array(serverIds.length);
  const quotas = quotasOf(streamIds.length, alive, previous, serverIds.length);
  const owners = previous.map((owner) => {
    if (owner < 0 || (counts[owner] ?? 0) >= (quotas[owner] ?? 0)) return -1;
    counts[owner] = (counts[owner] ?? 0) + 1;
    return owner;
  });
  const heap = new LoadHeap(counts, alive);
  return owners.map((owner) => (owner >= 0 ? owner : heap.takeLeast(1)));
}

/** Who has most keeps one more than the others when the count does not divide evenly. */
function quotasOf(
  streams: number,
  alive: readonly number[],
  previous: Int32Array,
  instances: number,
): Int32Array {
  const had = new Int32Array(instances);
  for (const owner of previous) if (owner >= 0) had[owner] = (had[owner] ?? 0) + 1;
  const byCount = [...alive].sort((one, other) => (had[other] ?? 0) - (had[one] ?? 0));
  const quotas = new Int32Array(instances);
  const share = Math.floor(streams / alive.length);
  for (const [rank, number] of byCount.entries()) {
    quotas[number] = share + (rank < streams % alive.length ? 1 : 0);
  }
  return quotas;
}
