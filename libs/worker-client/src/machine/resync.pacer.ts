import { Backoff } from './backoff';

const RETRY = { firstMs: 200, maxMs: 5_000 };

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
  private readonly backoff: Backoff;
  private isRevisionKnown = true;
  private answeredAtMs = Number.NEGATIVE_INFINITY;

  constructor(random: () => number) {
    this.backoff = new Backoff(RETRY, random);
  }

  /** Whether the list may name the revision it was made at: an earlier API refuses the field. */
  get mayNameRevision(): boolean {
    return this.isRevisionKnown;
  }

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
    this.state = 'wanted';
    this.dueAt = nowMs + Math.max(this.backoff.fail(), retryAfterMs);
  }

  /** The list was not taken. The next one, when it is asked for, leaves the revision out. */
  refused(): void {
    this.isRevisionKnown = false;
    this.end();
  }

  /** A new incarnation may talk to another release of the API. */
  begin(): void {
    this.isRevisionKnown = true;
    this.end();
  }

  end(): void {
    this.state = 'none';
    this.backoff.succeed();
  }
}
