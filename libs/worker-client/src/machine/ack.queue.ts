import type { Ack } from '@weir/domain';
import { Backoff } from './backoff';

const ACKS_PER_REQUEST = 500;
/** Bodies may have 256 KiB; checkpoints are what makes acks large. */
const BYTES_PER_REQUEST = 192 * 1024;
const RETRY = { firstMs: 200, maxMs: 5_000 };
/** From here on nothing new is accepted, which is what makes new acks. */
const WAITING_MAX = 10_000;

/**
 * Acknowledgements that wait for being sent. One request is under way at a time; everything else
 * gathers for the next. Of each epoch of a stream only the newest word waits. What was not answered
 * waits again, unless something newer of the same epoch does, so that nothing is lost. Epochs are
 * kept apart: a move may wait for the end of one while a later one has begun here.
 */
export class AckQueue {
  private waiting = new Map<string, Ack>();
  private inFlight: readonly Ack[] = [];
  private readonly backoff: Backoff;
  private dueAt = Number.NEGATIVE_INFINITY;
  /** Acks to be sent one by one, because one of them is not taken and nobody knows which. */
  private singles = 0;

  constructor(
    random: () => number,
    private readonly waitingMax = WAITING_MAX,
  ) {
    this.backoff = new Backoff(RETRY, random);
  }

  put(ack: Ack): void {
    const key = keyOf(ack);
    this.waiting.delete(key);
    this.waiting.set(key, ack);
  }

  get isEmpty(): boolean {
    return this.waiting.size === 0 && this.inFlight.length === 0;
  }

  /** Those that wait and those that are under way. */
  get size(): number {
    return this.waiting.size + this.inFlight.length;
  }

  get isFull(): boolean {
    return this.size >= this.waitingMax;
  }

  /** When the next request may be sent; undefined while one is under way or nothing waits. */
  get dueAtMs(): number | undefined {
    return this.inFlight.length > 0 || this.waiting.size === 0 ? undefined : this.dueAt;
  }

  /** The next request's acks, or undefined while none is due. */
  takeBatch(nowMs: number): readonly Ack[] | undefined {
    if (this.dueAtMs === undefined || nowMs < this.dueAtMs) return undefined;
    const countMax = this.singles > 0 ? 1 : ACKS_PER_REQUEST;
    const batch: Ack[] = [];
    let bytes = 0;
    for (const [key, ack] of this.waiting) {
      bytes += Buffer.byteLength(JSON.stringify(ack));
      if (batch.length === countMax || (batch.length > 0 && bytes > BYTES_PER_REQUEST)) break;
      batch.push(ack);
      this.waiting.delete(key);
    }
    this.inFlight = batch;
    return batch;
  }

  answered(): void {
    this.inFlight = [];
    this.singles = Math.max(0, this.singles - 1);
    this.backoff.succeed();
    this.dueAt = Number.NEGATIVE_INFINITY;
  }

  /**
   * No answer, or none that says anything about the acks: they wait again, before all others.
   * @param retryAfterMs what the API asked for, if it did
   */
  failed(nowMs: number, retryAfterMs = 0): void {
    this.dueAt = nowMs + Math.max(this.backoff.fail(), retryAfterMs);
    this.takeBack();
  }

  /**
   * The API does not take what was sent. A single ack is given up; of several each is sent by
   * itself, for one that cannot be taken must not cost the others.
   * @returns what is given up
   */
  refused(): readonly Ack[] {
    if (this.inFlight.length === 1) {
      const given = this.inFlight;
      this.answered();
      return given;
    }
    this.singles = this.inFlight.length;
    this.takeBack();
    return [];
  }

  /**
   * Forgets everything, because the incarnation that it was meant for is over; returns what it was.
   */
  clear(): readonly Ack[] {
    const forgotten = [...this.inFlight, ...this.waiting.values()];
    this.inFlight = [];
    this.waiting.clear();
    this.singles = 0;
    this.backoff.succeed();
    this.dueAt = Number.NEGATIVE_INFINITY;
    return forgotten;
  }

  private takeBack(): void {
    const again = this.inFlight.filter((ack) => !this.waiting.has(keyOf(ack)));
    this.waiting = new Map([...again.map((ack) => [keyOf(ack), ack] as const), ...this.waiting]);
    this.inFlight = [];
  }
}

function keyOf({ streamId, epoch }: Ack): string {
  return `${streamId}:${epoch}`;
}
