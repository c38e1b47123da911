import { decideBy } from './peer';
import type { Peer, PeerQuestion } from './peer';
import { hashText, mixBits } from './text.hash';

/**
 * Rendezvous hashing: of all instances, the one whose hash together with the stream is highest.
 * Thaler, Ravishankar, "A Name-Based Mapping Scheme for Rendezvous", 1996. It knows no weights of
 * streams, and looks at every pair.
 */
export const rendezvousPeer: Peer = {
  name: 'rendezvous hashing',
  prepare: decideBy(assignHighest),
};

function assignHighest({ streamIds, serverIds, alive }: PeerQuestion): Int32Array {
  const salts = Int32Array.from(alive, (number) => hashText(serverIds[number] ?? ''));
  return Int32Array.from(streamIds, (id) => {
    const hash = hashText(id);
    let best = 0;
    let highest = -1;
    for (let at = 0; at < salts.length; at++) {
      const score = mixBits(hash ^ (salts[at] as number));
      if (score > highest) {
        highest = score;
        best = at;
      }
    }
    return alive[best] ?? -1;
  });
}
