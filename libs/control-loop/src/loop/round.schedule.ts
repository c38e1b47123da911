/** How a round ended, as far as it matters for when the next one comes. */
export type RoundEnd =
  /** It ran. `dueInMs`: there is something to do that early, 0 for at once. */
  | { readonly kind: 'done'; readonly dueInMs?: number }
  /** Another replica works on the fleet. */
  | { readonly kind: 'turn-taken' }
  | { readonly kind: 'failed' };

/**
 * A doorbell that another replica's turn keeps us from answering is tried again after this, twice
 * as long each time: that replica may have read its snapshot before the change. In ms.
 */
const TURN_RETRY_FIRST_MS = 10;
const TURN_RETRY_MOST_MS = 200;

/**
 * When rounds run: at once on a doorbell, once more after a round during which it rang, and by
 * cadence. Never two at a time.
 */
export class RoundSchedule {
  private startAt: number;
  private isRunning = false;
  /** The round under way, or the next one, answers a doorbell. */
  private isRung = false;
  private hasRungSince = false;
  private turnRetryMs = TURN_RETRY_FIRST_MS;

  constructor(now: number) {
    this.startAt = now;
  }

  /** When the next round starts; undefined while one runs. */
  get nextStartAt(): number | undefined {
    return this.isRunning ? undefined : this.startAt;
  }

  ring(now: number): void {
    if (this.isRunning) {
      this.hasRungSince = true;
      return;
    }
    this.isRung = true;
    this.startAt = Math.min(this.startAt, now);
  }

  /** True when a round is due; it then counts as running. */
  maybeStart(now: number): boolean {
    if (this.isRunning || now < this.startAt) return false;
    this.isRunning = true;
    this.hasRungSince = false;
    return true;
  }

  end(end: RoundEnd, reconcileIntervalMs: number, now: number): void {
    this.isRunning = false;
    const delayMs = this.delayAfter(end, reconcileIntervalMs);
    this.startAt = now + Math.max(0, delayMs);
    this.isRung = this.hasRungSince || (this.isRung && end.kind !== 'done');
    if (end.kind !== 'turn-taken') this.turnRetryMs = TURN_RETRY_FIRST_MS;
  }

  private delayAfter(end: RoundEnd, reconcileIntervalMs: number): number {
    switch (end.kind) {
      case 'done':
        if (this.hasRungSince) return 0;
        return Math.min(reconcileIntervalMs, end.dueInMs ?? reconcileIntervalMs);
      case 'turn-taken':
        if (!this.isRung && !this.hasRungSince) return reconcileIntervalMs;
        return this.nextTurnRetryMs(reconcileIntervalMs);
      case 'failed':
        return reconcileIntervalMs;
    }
  }

  private nextTurnRetryMs(reconcileIntervalMs: number): number {
    const delayMs = this.turnRetryMs;
    this.turnRetryMs = Math.min(TURN_RETRY_MOST_MS, delayMs * 2);
    return Math.min(delayMs, reconcileIntervalMs);
  }
}
