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
 * | state   | means                                        | leaves it by                       |
 * |---------|----------------------------------------------|------------------------------------|
 * | closed  | calls go there                               | the third failure in a row         |
 * | open    | calls go elsewhere until `dueAtMs`           | a probe then; any success          |
 * | probing | half open: one probe is under way            | its outcome                        |
 */
export class AddressBreaker {
  private state: 'closed' | 'open' | 'probing' = 'closed';
  private failures = 0;
  private openings = 0;
  private dueAt = Number.NEGATIVE_INFINITY;

  /** @param random 0 (inclusive) to 1 */
  constructor(private readonly random: () => number) {}

  get isClosed(): boolean {
    return this.state === 'closed';
  }

  /** When it may be tried again; undefined while it is closed or being probed. */
  get dueAtMs(): number | undefined {
    return this.state === 'open' ? this.dueAt : undefined;
  }

  /** When it was, or is, to be tried again: the order in which open addresses are tried at all. */
  get orderMs(): number {
    return this.dueAt;
  }

  probing(): void {
    this.state = 'probing';
  }

  /** A probe, or a call, came to nothing. */
  failed(nowMs: number): BreakerChange | undefined {
    this.failures += 1;
    const wasClosed = this.state === 'closed';
    if (wasClosed && this.failures < FAILURES_MAX) return undefined;
    const longestMs = Math.min(OPEN_MAX_MS, OPEN_FIRST_MS * 2 ** Math.min(this.openings, 16));
    const retryInMs = longestMs * (0.5 + this.random() / 2);
    this.state = 'open';
    this.openings += 1;
    this.dueAt = nowMs + retryInMs;
    return wasClosed ? { kind: 'opened', retryInMs } : undefined;
  }

  succeeded(): BreakerChange | undefined {
    const wasClosed = this.state === 'closed';
    this.state = 'closed';
    this.failures = 0;
    this.openings = 0;
    return wasClosed ? undefined : { kind: 'closed' };
  }
}
