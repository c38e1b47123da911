import type { Ack } from '@weir/domain';

const ACKS_PER_REQUEST = 500;
/** Bodies may have 256 KiB; checkpoints are what makes acks large. */
const BYTES_PER_REQUEST = 192 * 1024;

/**
 * Acknowledgements that wait for being sent. One request at a time: while it is under way,
 * everything else gathers for the next. A later state of the same epoch takes the place of an
 * earlier one.
 */
export class AckQueue {
  private readonly waiting = new Map<string, Ack>();
  private inFlight: readonly Ack[] = [];

  put(ack: Ack): void {
    const key = `${ack.streamId}:${ack.epoch}`;
    this.waiting.delete(key);
    this.waiting.set(key, ack);
  }

  get isEmpty(): boolean {
    return this.waiting.size === 0 && this.inFlight.length === 0;
  }

  /** The next request's acks, or undefined while one is under way or nothing waits. */
  takeBatch(): readonly Ack[] | undefined {
    if (this.inFlight.length > 0 || this.waiting.size === 0) return undefined;
    const batch: Ack[] = [];
    let bytes = 0;
    for (const [key, ack] of this.waiting) {
      bytes += Buffer.byteLength(JSON.stringify(ack));
      if (batch.length === ACKS_PER_REQUEST || (batch.length > 0 && bytes > BYTES_PER_REQUEST)) {
        break;
      }
      batch.push(ack);
      this.waiting.delete(key);
    }
    this.inFlight = batch;
    return batch;
  }

  settleBatch(): void {
    this.inFlight = [];
  }

  /**
   * Forgets everything, because the incarnation that it was meant for is over; returns what it was.
   */
  clear(): readonly Ack[] {
    const forgotten = [...this.inFlight, ...this.waiting.values()];
    this.inFlight = [];
    this.waiting.clear();
    return forgotten;
  }
}
