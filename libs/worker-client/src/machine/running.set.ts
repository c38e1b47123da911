import { formatDigest, hashAssignment } from '@weir/domain';
import type { RunningDigest, StreamEpoch } from '@weir/domain';

/**
 * Every assignment accepted with `run` and not yet told to stop, with its digest kept up to date:
 * a heartbeat must not cost a hash per stream.
 */
export class RunningSet {
  private readonly epochs = new Map<string, number>();
  private xor = 0n;

  /** Adds the assignment, in place of an earlier epoch of the same stream. */
  put(stream: StreamEpoch): void {
    const earlier = this.epochs.get(stream.streamId);
    if (earlier === stream.epoch) return;
    if (earlier !== undefined) this.remove({ streamId: stream.streamId, epoch: earlier });
    this.epochs.set(stream.streamId, stream.epoch);
    this.xor ^= hashAssignment(stream);
  }

  /** Removes exactly this epoch; another one of the same stream stays. */
  remove(stream: StreamEpoch): void {
    if (this.epochs.get(stream.streamId) !== stream.epoch) return;
    this.epochs.delete(stream.streamId);
    this.xor ^= hashAssignment(stream);
  }

  epochOf(streamId: string): number | undefined {
    return this.epochs.get(streamId);
  }

  get count(): number {
    return this.epochs.size;
  }

  digest(): RunningDigest {
    return { count: this.epochs.size, digest: formatDigest(this.xor) };
  }

  list(): StreamEpoch[] {
    return [...this.epochs].map(([streamId, epoch]) => ({ streamId, epoch }));
  }
}
