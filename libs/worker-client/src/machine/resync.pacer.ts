const FIRST_RETRY_MS = 100;
const RETRY_MAX_MS = 5_000;

/**
 * When to send the list of what runs. One list is under way at a time, and none is sent twice:
 * the server takes what a list leaves out for stopped, so each attempt lists anew.
 *
 * | state     | means                                        | leaves it by                     |
 * |-----------|----------------------------------------------|----------------------------------|
 * | none      | both sides agree, as far as known            | `want`                           |
 * | wanted    | a list is to be sent when due                | `sent`, `end`                    |
 * | under-way | the server may act on the list at any moment | `answered`, `failed`, `end`      |
 */
export class ResyncPacer {
  private state: 'none' | 'wanted' | 'under-way' = 'none';
  private dueAt = Number.NEGATIVE_INFINITY;
  private failures = 0;
  private answeredAtMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly random: () => number) {}

  get isUnderWay(): boolean {
    return this.state === 'under-way';
  }

  /** When the next list is to be sent; undefined while none is wanted. */
  get dueAtMs(): number | undefined {
    return this.state === 'wanted' ? this.dueAt : undefined;
  }

  /** Whether a heartbeat sent then may know of a disagreement that the last answer did not mend. */
  isNews(heartbeatSentAtMs: number): boolean {
    return heartbeatSentAtMs > this.answeredAtMs;
  }

  want(nowMs: number): void {
    if (this.state !== 'none') return;
    this.state = 'wanted';
    this.dueAt = nowMs;
  }

  sent(): void {
    this.state = 'under-way';
  }

  answered(nowMs: number): void {
    this.end();
    this.answeredAtMs = nowMs;
  }

  /**
   * Wanted again, later with each failure.
   * @param retryAfterMs what the API asked for, if it did
   */
  failed(nowMs: number, retryAfterMs = 0): void {
    const backoffMs = Math.min(RETRY_MAX_MS, FIRST_RETRY_MS * 2 ** Math.min(this.failures, 16));
    this.failures += 1;
    this.state = 'wanted';
    this.dueAt = nowMs + Math.max(backoffMs * (0.5 + this.random() / 2), retryAfterMs);
  }

  end(): void {
    this.state = 'none';
    this.failures = 0;
  }
}
