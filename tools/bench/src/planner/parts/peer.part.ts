import { serverIdOf } from '../fleet/instance.rows';
import { drawWeights } from '../fleet/weight.draw';
import { SeededRandom } from '../measure/seeded.random';
import { timeRuns } from '../measure/timed.runs';
import type { Runs } from '../measure/timed.runs';
import { PEERS } from '../peers/peer.list';
import type { Peer, PeerQuestion } from '../peers/peer';

export interface PeerOrder extends Runs {
  /** Its place in the list of peers. */
  readonly peer: number;
  readonly streams: number;
  readonly instances: number;
  readonly seed: number;
}

export interface PeerFigures {
  readonly name: string;
  /** Deciding for everything, nobody owning anything. */
  readonly samplesMs: readonly number[];
  /** Weight of the heaviest instance over the mean. Ratio, 1 is even. */
  readonly peakToMean: number;
  /** Streams that change their owner when one instance joins. */
  readonly movesOnJoin: number;
  /** Weight that the new instance gets, over the mean. Ratio, 1 is its full share. */
  readonly shareOfNew: number;
  /** Streams of other instances that change their owner when one is lost. */
  readonly extraMovesOnLoss: number;
}

const NOBODY = -1;

/** One peer on the common case: cold, then one instance joins, or one is lost. */
export function measurePeer(order: PeerOrder): PeerFigures {
  const peer = PEERS[order.peer];
  if (peer === undefined) throw new RangeError(`there is no peer ${order.peer}`);
  const cold = openQuestion(order);
  const { samplesMs, last } = timeRuns(order, {
    prepare: () => peer.prepare(cold),
    run: (decision) => {
      decision.decide();
      return decision;
    },
  });
  const before = last.owners();
  const joined = order.instances;
  const afterJoin = ask(peer, { ...cold, alive: [...cold.alive, joined], previous: before });
  const lost = order.instances >> 1;
  const survivors = cold.alive.filter((number) => number !== lost);
  const afterLoss = ask(peer, { ...cold, alive: survivors, previous: before });
  const total = cold.weights.reduce((sum, weight) => sum + weight, 0);
  const loads = loadsOf(before, cold);
  return {
    name: peer.name,
    samplesMs,
    peakToMean: Math.max(...loads) / (total / order.instances),
    movesOnJoin: countChanged(before, afterJoin, () => true),
    shareOfNew: (loadsOf(afterJoin, cold)[joined] ?? 0) / (total / (order.instances + 1)),
    extraMovesOnLoss: countChanged(before, afterLoss, (owner) => owner !== lost),
  };
}

function ask(peer: Peer, question: PeerQuestion): Int32Array {
  const decision = peer.prepare(question);
  decision.decide();
  return decision.owners();
}

function openQuestion(order: PeerOrder): PeerQuestion {
  const number = (_unused: unknown, at: number): number => at;
  return {
    streamIds: Array.from({ length: order.streams }, (_unused, at) => String(at + 1)),
    weights: drawWeights('uniform', order.streams, new SeededRandom(order.seed)),
    serverIds: Array.from({ length: order.instances + 1 }, (_unused, at) => serverIdOf(at)),
    alive: Array.from({ length: order.instances }, number),
    previous: new Int32Array(order.streams).fill(NOBODY),
  };
}

function loadsOf(owners: Int32Array, { weights, serverIds }: PeerQuestion): Float64Array {
  const loads = new Float64Array(serverIds.length);
  for (const [stream, owner] of owners.entries()) {
    loads[owner] = (loads[owner] ?? 0) + (weights[stream] ?? 0);
  }
  return loads;
}

function countChanged(
  before: Int32Array,
  after: Int32Array,
  isCounted: (ownerBefore: number) => boolean,
): number {
  return before.filter((owner, stream) => owner !== after[stream] && isCounted(owner)).length;
}
