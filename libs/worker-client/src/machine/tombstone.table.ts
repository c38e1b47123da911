import type { StreamEpoch } from '@weir/domain';

/**
 * One number per stream; the bound is far above what one instance can meet between two restarts.
 */
const STREAMS_MAX = 200_000;

/**
 * The highest epoch of each stream that was stopped here. Such an epoch is never started again,
 * whatever a late answer says.
 */
export class TombstoneTable {
  private readonly epochs = new Map<string, number>();

  constructor(private readonly streamsMax = STREAMS_MAX) {}

  bury({ streamId, epoch }: StreamEpoch): void {
    const buried = this.epochs.get(streamId) ?? -1;
    this.epochs.delete(streamId);
    this.epochs.set(streamId, Math.max(buried, epoch));
    if (this.epochs.size > this.streamsMax) this.dropOldest();
  }

  isBuried({ streamId, epoch }: StreamEpoch): boolean {
    return epoch <= (this.epochs.get(streamId) ?? -1);
  }

  private dropOldest(): void {
    const oldest = this.epochs.keys().next();
    if (!oldest.done) this.epochs.delete(oldest.value);
  }
}
