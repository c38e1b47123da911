import { computeStopMarginMs, computeUsableLeaseMs } from '@weir/domain';

/**
 * The right to run exclusive streams, counted on the monotonic clock.
 *
 * | state   | means                                      | leaves it by                       |
 * |---------|--------------------------------------------|------------------------------------|
 * | none    | never had a lease, or its incarnation ended| a renewal                          |
 * | held    | now < deadline                             | the deadline, `invalidate`, `end`  |
 * | lost    | ran out; the incarnation may still be live | a renewal that is still good, `end`|
 */
export class Lease {
  private state: 'none' | 'held' | 'lost' = 'none';
  private deadline = Number.NEGATIVE_INFINITY;
  private invalidatedAtMs = Number.NEGATIVE_INFINITY;
  private ttl = 0;

  get isHeld(): boolean {
    return this.state === 'held';
  }

  get isLost(): boolean {
    return this.state === 'lost';
  }

  /** When it runs out, or undefined when there is none to run out. */
  get deadlineMs(): number | undefined {
    return this.state === 'held' ? this.deadline : undefined;
  }

  /** Where the lease that was lost ended; what `autonomyMs` counts from. */
  get lastDeadlineMs(): number {
    return this.deadline;
  }

  /** Time between the deadline and the moment when others may take over, in ms. */
  get reactionMs(): number {
    return computeStopMarginMs(this.ttl);
  }

  /**
   * Counts an accepted renewal from when its request was *sent*. One that was sent before the
   * clocks disagreed proves nothing, and one that is over by now does not bring the lease back.
   */
  renew(sentAtMs: number, ttlMs: number, nowMs: number): void {
    if (sentAtMs <= this.invalidatedAtMs) return;
    this.ttl = ttlMs;
    this.deadline = Math.max(this.deadline, sentAtMs + computeUsableLeaseMs(ttlMs));
    this.state = nowMs < this.deadline ? 'held' : 'lost';
  }

  /** True exactly once: when a held lease turns out to have run out. */
  hasJustExpired(nowMs: number): boolean {
    if (this.state !== 'held' || nowMs < this.deadline) return false;
    this.state = 'lost';
    return true;
  }

  /**
   * The clocks disagree: nothing agreed on before now counts, and nobody knows how long ago it
   * ended.
   */
  invalidate(nowMs: number): void {
    this.invalidatedAtMs = nowMs;
    this.deadline = Number.NEGATIVE_INFINITY;
    if (this.state === 'held') this.state = 'lost';
  }

  /** The incarnation is over. */
  end(): void {
    this.state = 'none';
    this.deadline = Number.NEGATIVE_INFINITY;
  }
}
