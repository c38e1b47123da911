import { DomainError } from '@weir/domain';

/**
 * Batches that are written at the same time: one waits for its commit while the next is prepared.
 */
const IN_FLIGHT_MAX = 2;
/** Bounds the time of one transaction, and with it of the heartbeats that wait behind it. */
const BATCH_MAX = 1_000;
/** About a second's worth at full speed; an instance that is told to come back has time to. */
const WAITING_MAX = 20_000;

interface Waiting<I, O> {
  readonly item: I;
  readonly resolve: (outcome: O) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Gathers what arrives together and hands it on together: while batches are under way, newcomers
 * wait and form the next one, so that the busier it is the cheaper each becomes.
 */
export class HeartbeatBatcher<I, O> {
  private waiting: Waiting<I, O>[] = [];
  private inFlight = 0;
  private isStartScheduled = false;
  private onIdle: (() => void)[] = [];

  /** @param run gives one outcome per item, in the order given */
  constructor(private readonly run: (items: readonly I[]) => Promise<readonly O[]>) {}

  get waitingCount(): number {
    return this.waiting.length;
  }

  /**
   * Resolves when the batch that the item was part of is done.
   * @throws DomainError TOO_MANY_REQUESTS when too many wait already; whatever `run` throws.
   */
  submit(item: I): Promise<O> {
    if (this.waiting.length >= WAITING_MAX) {
      throw new DomainError('TOO_MANY_REQUESTS', 'too many heartbeats are waiting: come back');
    }
    const outcome = new Promise<O>((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
    });
    this.scheduleStart();
    return outcome;
  }

  /** Resolves when nothing waits and nothing is under way. */
  async whenIdle(): Promise<void> {
    if (this.inFlight === 0 && this.waiting.length === 0) return;
    await new Promise<void>((resolve) => this.onIdle.push(resolve));
  }

  /** A batch starts when everything that has arrived by now has been read. */
  private scheduleStart(): void {
    if (this.isStartScheduled || this.inFlight >= IN_FLIGHT_MAX) return;
    this.isStartScheduled = true;
    setImmediate(() => {
      this.isStartScheduled = false;
      if (this.waiting.length === 0) return;
      void this.runBatch();
      if (this.waiting.length > 0) this.scheduleStart();
    });
  }

  private async runBatch(): Promise<void> {
    const batch = this.waiting.splice(0, BATCH_MAX);
    this.inFlight += 1;
    try {
      const outcomes = await this.run(batch.map(({ item }) => item));
      batch.forEach(({ resolve }, index) => resolve(outcomes[index] as O));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      this.inFlight -= 1;
      if (this.waiting.length > 0) this.scheduleStart();
      else if (this.inFlight === 0) this.onIdle.splice(0).forEach((resolve) => resolve());
    }
  }
}
