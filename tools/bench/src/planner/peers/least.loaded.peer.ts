import { LoadHeap } from './load.heap';
import { decideBy } from './peer';
import type { Peer, PeerQuestion } from './peer';

/**
 * Least loaded: every stream without an owner goes, in order of arrival, to the instance with the
 * least weight, and stays there. Graham's list scheduling, "Bounds for Certain Multiprocessing
 * Anomalies", 1966; what most schedulers do that place and never move.
 */
export const leastLoadedPeer: Peer = {
  name: 'least loaded, in order of arrival',
  prepare: decideBy(placeGreedily),
};

function placeGreedily({ weights, serverIds, alive, previous }: PeerQuestion): Int32Array {
  const isAlive = new Uint8Array(serverIds.length);
  for (const number of alive) isAlive[number] = 1;
  const loads = new Float64Array(serverIds.length);
  const owners = previous.map((owner) => (isAlive[owner] === 1 ? owner : -1));
  for (const [stream, owner] of owners.entries()) {
    if (owner >= 0) loads[owner] = (loads[owner] ?? 0) + (weights[stream] ?? 0);
  }
  const heap = new LoadHeap(loads, alive);
  return owners.map((owner, stream) => (owner >= 0 ? owner : heap.takeLeast(weights[stream] ?? 0)));
}
