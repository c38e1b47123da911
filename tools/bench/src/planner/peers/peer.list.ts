import { boundedLoadsPeer } from './bounded.loads.peer';
import { consistentHashingPeer } from './consistent.hashing.peer';
import { leastLoadedPeer } from './least.loaded.peer';
import type { Peer } from './peer';
import { rendezvousPeer } from './rendezvous.peer';
import { roundRobinPeer } from './round.robin.peer';
import { stickyCountsPeer } from './sticky.counts.peer';
import { weirPeer } from './weir.peer';

/** In the order of the table. */
export const PEERS: readonly Peer[] = [
  weirPeer,
  roundRobinPeer,
  consistentHashingPeer,
  boundedLoadsPeer,
  rendezvousPeer,
  leastLoadedPeer,
  stickyCountsPeer,
];
