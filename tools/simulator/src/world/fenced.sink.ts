/** Something that a running stream did to the outside, with the epoch under which it did it. */
export interface Effect {
  readonly streamId: string;
  readonly epoch: number;
  /** Which life of which process did it. */
  readonly writer: string;
  /** How far the stream has come: each effect is one further than the one before. */
  readonly position: number;
}

interface Accepted {
  epoch: number;
  writer: string;
  position: number;
}

export type SinkVerdict =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused' }
  /** It was taken, and should never have come: what an invariant forbids. */
  | { readonly kind: 'impossible'; readonly invariant: 'I1e' | 'I3c'; readonly why: string };

/**
 * Two sinks in one: the fenced one keeps the highest epoch of each stream and refuses lower ones;
 * the other one takes everything, and counts what the first refused.
 */
export class FencedSink {
  accepted = 0;
  /** Effects of an epoch after those of a later one: what a sink without a fence would suffer. */
  refused = 0;
  private readonly streams = new Map<string, Accepted>();

  /** How far a stream has come, as the sink knows it. */
  positionOf(streamId: string): number {
    return this.streams.get(streamId)?.position ?? 0;
  }

  take(effect: Effect): SinkVerdict {
    const { streamId, epoch, writer, position } = effect;
    const known = this.streams.get(streamId);
    if (known && this.isStale(epoch, known)) {
      this.refused += 1;
      return { kind: 'refused' };
    }
    this.accepted += 1;
    const reached = known?.position ?? 0;
    this.streams.set(streamId, { epoch, writer, position: Math.max(reached, position) });
    if (known && epoch < known.epoch) {
      const why = `an effect of epoch ${epoch} of stream ${streamId} came after ${known.epoch}`;
      return { kind: 'impossible', invariant: 'I1e', why };
    }
    if (known && epoch === known.epoch && writer !== known.writer) {
      const why = `epoch ${epoch} of stream ${streamId} was used by ${known.writer} and by ${writer}`;
      return { kind: 'impossible', invariant: 'I1e', why };
    }
    if (position > reached + 1) {
      const why = `stream ${streamId} went on at ${position} under epoch ${epoch}, after ${reached}`;
      return { kind: 'impossible', invariant: 'I3c', why };
    }
    return { kind: 'accepted' };
  }

  /** The fence: an epoch below the highest that was seen is over. */
  private isStale(epoch: number, known: Accepted): boolean {
    return epoch < known.epoch;
  }
}
