import { decideBy } from './peer';
import type { Peer } from './peer';

/**
 * Round robin: stream number i goes to instance i modulo their count, decided anew each time. Kafka
 * clients have it as RoundRobinAssignor.
 */
export const roundRobinPeer: Peer = {
  name: 'round robin',
  prepare: decideBy(({ streamIds, alive }) =>
    Int32Array.from(streamIds, (_id, at) => alive[at % alive.length] ?? -1),
  ),
};
