import { buildRing, findPoint } from './hash.ring';
import type { HashRing } from './hash.ring';
import { decideBy } from './peer';
import type { Peer, PeerQuestion } from './peer';
import { hashText } from './text.hash';

/** No instance gets more than this many times the mean: the constant c of the paper. */
const BOUND = 1.25;

/**
 * Consistent hashing with bounded loads, c = 1.25, on weight: clockwise from its place on the ring,
 * a stream goes to the first instance that stays within 1.25 times the mean with it, in order of
 * arrival. Mirrokni, Thorup, Zadimoghaddam, "Consistent Hashing with Bounded Loads", 2016
 * (arXiv:1608.01350), which has loads of one size; weights are put in the obvious way.
 */
export const boundedLoadsPeer: Peer = {
  name: 'consistent hashing, bounded loads 1.25',
  prepare: decideBy(assignBounded),
};

function assignBounded({ streamIds, weights, serverIds, alive }: PeerQuestion): Int32Array {
  const ring = buildRing(serverIds, alive);
  const loads = new Float64Array(serverIds.length);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const limit = (BOUND * total) / alive.length;
  return Int32Array.from(streamIds, (id, stream) => {
    const weight = weights[stream] ?? 0;
    const owner = findWithRoom(ring, hashText(id), (number) => {
      return (loads[number] ?? 0) + weight <= limit;
    });
    loads[owner] = (loads[owner] ?? 0) + weight;
    return owner;
  });
}

/** When there is no room at all, the bound gives way: the stream goes where it hashes to. */
function findWithRoom(
  ring: HashRing,
  position: number,
  hasRoom: (number: number) => boolean,
): number {
  const first = findPoint(ring, position);
  const count = ring.owners.length;
  for (let step = 0; step < count; step++) {
    const number = ring.owners[(first + step) % count] ?? -1;
    if (hasRoom(number)) return number;
  }
  return ring.owners[first] ?? -1;
}
