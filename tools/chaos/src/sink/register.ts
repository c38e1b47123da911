import type { LastEffect, SinkBatch, SinkEntry, SinkWrite } from './sink.protocol';

/**
 * What a sink must do so that a stale owner's effects come to nothing: it remembers the highest
 * epoch of each stream and refuses what is older. Streams that are not exclusive may be written by
 * two owners at once, so nothing of theirs is refused.
 */
export class EpochRegister {
  private readonly last = new Map<string, LastEffect>();

  /** Decides on every write of a batch, in order. */
  take({ writer, writes }: SinkBatch, atNs: bigint): SinkEntry[] {
    return writes.map((write) => this.decide(writer, write, atNs));
  }

  /** The last accepted effect of every stream. */
  list(): LastEffect[] {
    return [...this.last.values()];
  }

  private decide(writer: string, write: SinkWrite, atNs: bigint): SinkEntry {
    const known = this.last.get(write.streamId);
    const isAccepted = !write.isExclusive || !known || write.epoch >= known.epoch;
    const { streamId, epoch, seq } = write;
    if (isAccepted) {
      this.last.set(streamId, { streamId, epoch, seq, writer, atNs: String(atNs) });
    }
    return { ...write, writer, isAccepted, atNs: String(atNs) };
  }
}
