import { drawWeights } from '../fleet/weight.draw';
import { SeededRandom } from '../measure/seeded.random';
import { boundedLoadsPeer } from './bounded.loads.peer';
import { consistentHashingPeer } from './consistent.hashing.peer';
import { leastLoadedPeer } from './least.loaded.peer';
import type { Peer, PeerQuestion } from './peer';
import { PEERS } from './peer.list';
import { rendezvousPeer } from './rendezvous.peer';
import { roundRobinPeer } from './round.robin.peer';
import { stickyCountsPeer } from './sticky.counts.peer';

const STREAMS = 2_000;
const INSTANCES = 20;
const LOST = 7;

const cold: PeerQuestion = {
  streamIds: Array.from({ length: STREAMS }, (_unused, at) => String(at + 1)),
  weights: drawWeights('uniform', STREAMS, new SeededRandom(1)),
  serverIds: Array.from({ length: INSTANCES + 1 }, (_unused, at) => `instance-${at}`),
  alive: Array.from({ length: INSTANCES }, (_unused, at) => at),
  previous: new Int32Array(STREAMS).fill(-1),
};

function ask(peer: Peer, change: Partial<PeerQuestion> = {}): Int32Array {
  const decision = peer.prepare({ ...cold, ...change });
  decision.decide();
  return decision.owners();
}

function afterJoin(peer: Peer, before: Int32Array): Int32Array {
  return ask(peer, { alive: [...cold.alive, INSTANCES], previous: before });
}

function afterLoss(peer: Peer, before: Int32Array): Int32Array {
  return ask(peer, { alive: cold.alive.filter((at) => at !== LOST), previous: before });
}

/** Streams that changed, as pairs of the owners before and after. */
function changes(before: Int32Array, after: Int32Array): [number, number][] {
  return [...before.entries()].flatMap(([at, owner]): [number, number][] =>
    owner === after[at] ? [] : [[owner, after[at] ?? -1]],
  );
}

function countsOf(owners: Int32Array, measure: (stream: number) => number = () => 1): number[] {
  const counts = new Array<number>(INSTANCES + 1).fill(0);
  for (const [stream, owner] of owners.entries()) counts[owner]! += measure(stream);
  return counts;
}

describe.each(PEERS.map((peer) => [peer.name, peer] as const))('%s', (_name, peer) => {
  it('gives every stream an instance that is there, and the same one each time', () => {
    const owners = ask(peer);
    expect([...owners].every((owner) => cold.alive.includes(owner))).toBe(true);
    expect(ask(peer)).toEqual(owners);
    expect(countsOf(afterLoss(peer, owners))[LOST]).toBe(0);
  });
});

describe.each([
  [consistentHashingPeer.name, consistentHashingPeer],
  [rendezvousPeer.name, rendezvousPeer],
])('%s', (_name, peer) => {
  it('moves only to the instance that joins, and only from the one that is lost', () => {
    const before = ask(peer);
    expect(changes(before, afterJoin(peer, before)).every(([, to]) => to === INSTANCES)).toBe(true);
    expect(changes(before, afterLoss(peer, before)).every(([from]) => from === LOST)).toBe(true);
  });
});

describe('the other peers', () => {
  it('round robin evens out counts and moves nearly everything', () => {
    const before = ask(roundRobinPeer);
    expect(countsOf(before).slice(0, INSTANCES)).toEqual(new Array(INSTANCES).fill(100));
    expect(changes(before, afterJoin(roundRobinPeer, before)).length).toBeGreaterThan(1_800);
  });

  it('bounded loads keep every instance within 1.25 times the mean weight', () => {
    const loads = countsOf(ask(boundedLoadsPeer), (stream) => cold.weights[stream] ?? 0);
    const mean = cold.weights.reduce((sum, weight) => sum + weight, 0) / INSTANCES;
    expect(Math.max(...loads)).toBeLessThanOrEqual(1.25 * mean);
  });

  it('least loaded never moves what has an owner', () => {
    const before = ask(leastLoadedPeer);
    expect(changes(before, afterJoin(leastLoadedPeer, before))).toEqual([]);
    const lost = changes(before, afterLoss(leastLoadedPeer, before));
    expect(lost.every(([from]) => from === LOST)).toBe(true);
  });

  it('sticky counts move just as many as an even count takes', () => {
    const before = ask(stickyCountsPeer);
    const joined = afterJoin(stickyCountsPeer, before);
    expect(changes(before, joined)).toHaveLength(Math.floor(STREAMS / (INSTANCES + 1)));
    const counts = countsOf(joined);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    const lost = changes(before, afterLoss(stickyCountsPeer, before));
    expect(lost.every(([from]) => from === LOST)).toBe(true);
  });
});
