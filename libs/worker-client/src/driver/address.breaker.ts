/** One failure may be chance, three in a row without any success are not. */
const FAILURES_MAX = 3;
const OPEN_FIRST_MS = 1_000;
const OPEN_MAX_MS = 15_000;

/** What a change of a breaker means to the outside. */
export type BreakerChange =
  { readonly kind: 'opened'; readonly retryInMs: number } | { readonly kind: 'closed' };

/**
 * The circuit breaker of one address of the API.
 *
 * | state     | means                                          | leaves it by               |
 * |-----------|------------------------------------------------|----------------------------|
 * | closed    | calls go there                                 | the third failure in a row |
 * | open      | calls go elsewhere; from `dueAtMs` on it may   | any success                |
 * |           | be probed (half open), one probe at a time     |                            |
 *
 * A closed one that has failed and is not in use may be probed as well, so that it is known whether
 * it serves before it is needed.
 */
export class AddressBreaker {
  private isOpen = false;
  private isProbed = false;
  private failures = 0;
  private openings = 0;
  private dueAt = Number.NEGATIVE_INFINITY;

  /** @param random 0 (inclusive) to 1 */
  constructor(private readonly random: () => number) {}

  get isClosed(): boolean {
    return !this.isOpen;
  }

  /** True when nothing went wrong since the last success. */
  get isTrusted(): boolean {
    return this.failures === 0;
  }

  /** When it may be probed; undefined while there is no need to, or a probe is under way. */
  get dueAtMs(): number | undefined {
    return this.isTrusted || this.isProbed ? undefined : this.dueAt;
  }

  /** The order in which open addresses are tried when there are no others. */
  get orderMs(): number {
    return this.dueAt;
  }

  probing(): void {
    this.isProbed = true;
  }

  /** A probe, or a call, came to nothing. */
  failed(nowMs: number): BreakerChange | undefined {
    this.failures += 1;
    this.isProbed = false;
    const wasOpen = this.isOpen;
    this.isOpen ||= this.failures >= FAILURES_MAX;
    const longestMs = Math.min(OPEN_MAX_MS, OPEN_FIRST_MS * 2 ** Math.min(this.openings, 16));
    const retryInMs = longestMs * (0.5 + this.random() / 2);
    this.dueAt = nowMs + retryInMs;
    if (this.isOpen) this.openings += 1;
    return this.isOpen && !wasOpen ? { kind: 'opened', retryInMs } : undefined;
  }

  succeeded(): BreakerChange | undefined {
    const wasOpen = this.isOpen;
    this.isOpen = false;
    this.isProbed = false;
    this.failures = 0;
    this.openings = 0;
    return wasOpen ? { kind: 'closed' } : undefined;
  }
}
