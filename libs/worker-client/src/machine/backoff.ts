/** No two attempts closer than this, whatever chance says. In ms. */
const DELAY_MIN_MS = 10;
/** 2 ** 16 times any first delay is above any longest one. */
const DOUBLINGS_MAX = 16;

export interface BackoffRule {
  /** Longest delay after the first failure, in ms. */
  readonly firstMs: number;
  /** Longest delay of all, in ms. */
  readonly maxMs: number;
}

/**
 * How long to wait after each of several failures in a row: exponential with full jitter, so that
 * many instances that lost the same server do not come back to it in step.
 */
export class Backoff {
  private count = 0;

  /** @param random 0 (inclusive) to 1 */
  constructor(
    private readonly rule: BackoffRule,
    private readonly random: () => number,
  ) {}

  /** Failures since the last success. */
  get failures(): number {
    return this.count;
  }

  /**
   * Counts a failure.
   * @param maxMs longest delay at this moment, when it is shorter than the rule's
   * @returns the delay until the next attempt, in ms: evenly in 0 .. first * 2 ** failures
   */
  fail(maxMs = this.rule.maxMs): number {
    const doubled = this.rule.firstMs * 2 ** Math.min(this.count, DOUBLINGS_MAX);
    this.count += 1;
    return Math.max(DELAY_MIN_MS, this.random() * Math.min(doubled, maxMs, this.rule.maxMs));
  }

  succeed(): void {
    this.count = 0;
  }
}
