import { buildRing, findPoint, RING_POINTS } from './hash.ring';
import { decideBy } from './peer';
import type { Peer } from './peer';
import { hashText } from './text.hash';

/**
 * Consistent hashing: a stream belongs to the next point clockwise on a ring on which each instance
 * has 100 points. Karger, Lehman, Leighton, Panigrahy, Levine, Lewin, "Consistent Hashing and
 * Random Trees", STOC 1997. It knows no weights.
 * Building the ring is part of what is timed.
 */
export const consistentHashingPeer: Peer = {
  name: `consistent hashing, ${RING_POINTS} points each`,
  prepare: decideBy(({ streamIds, serverIds, alive }) => {
    const ring = buildRing(serverIds, alive);
    return Int32Array.from(streamIds, (id) => ring.owners[findPoint(ring, hashText(id))] ?? -1);
  }),
};
