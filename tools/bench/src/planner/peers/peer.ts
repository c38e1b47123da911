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
  /** Brings the question into the form in which it is answered; not timed. */
  readonly prepare: (question: PeerQuestion) => Decision;
}

export interface Decision {
  /** What is timed. */
  readonly decide: () => void;
  /** Per stream the number of its instance, once it is decided. */
  readonly owners: () => Int32Array;
}

/** The question as it is, answered by `assign`. */
export function decideBy(assign: (question: PeerQuestion) => Int32Array): Peer['prepare'] {
  return (question) => {
    let owners = question.previous;
    return {
      decide: () => {
        owners = assign(question);
      },
      owners: () => owners,
    };
  };
}
