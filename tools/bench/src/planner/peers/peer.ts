/** What a peer is asked: who shall own what. */
export interface PeerQuestion {
  readonly streamIds: readonly string[];
  /** Per stream, in the fleet's own unit. */
  readonly weights: Float64Array;
  /** Names of all instances, also of those that are gone. */
  readonly serverIds: readonly string[];
  /** Numbers of the instances that are there, in ascending order. */
  readonly alive: readonly number[];
  /** Per stream the number of its owner so far, -1 for none; most peers do not look at it. */
  readonly previous: Int32Array;
}

/** Another way to decide who owns what, as far as its public description goes. */
export interface Peer {
  readonly name: string;
  /**
   * Takes the question, at no cost, and returns what is timed: it gives per stream the number of
   * its instance.
   */
  readonly prepare: (question: PeerQuestion) => () => Int32Array;
}
