import { Backoff } from './backoff';

/** After a failed attempt: the API may be away, or refuse the key until somebody changes it. */
const RETRY = { firstMs: 200, maxMs: 5_000 };
/** After incarnations that were of no use. */
const CONTEST = { firstMs: 400, maxMs: 10_000 };

/**
 * When to ask for an incarnation; one attempt is under way at a time. Losing several incarnations
 * in a row without one answered heartbeat means that somebody else uses our name: then it slows
 * down, for the two would fence each other for ever.
 *
 * | state     | means                                  | leaves it by                      |
 * |-----------|----------------------------------------|-----------------------------------|
 * | idle      | a member, or not wanting to be one     | `begin`, `again`                  |
 * | due       | to be asked for at `dueAtMs`           | `sent`, `cancel`                  |
 * | under way | the API may grant one at any moment    | `registered`, `failed`            |
 */
export class RegistrationPacer {
  private dueAt: number | undefined;
  private inVain = 0;
  private isAttempted = false;
  private readonly retry: Backoff;
  private readonly contest: Backoff;

  constructor(random: () => number) {
    this.retry = new Backoff(RETRY, random);
    this.contest = new Backoff(CONTEST, random);
  }

  get dueAtMs(): number | undefined {
    return this.dueAt;
  }

  get isUnderWay(): boolean {
    return this.isAttempted;
  }

  /** The first one, at once. */
  begin(nowMs: number): void {
    this.dueAt = nowMs;
  }

  /** Another one, after the incarnation was lost. */
  again(nowMs: number): void {
    this.dueAt = nowMs + (this.inVain <= 1 ? 0 : this.contest.fail());
  }

  sent(): void {
    this.dueAt = undefined;
    this.isAttempted = true;
  }

  /**
   * The attempt came to nothing; another follows.
   * @returns after how many ms
   */
  failed(nowMs: number, retryAfterMs = 0): number {
    this.isAttempted = false;
    const delayMs = Math.max(this.retry.fail(), retryAfterMs);
    this.dueAt = nowMs + delayMs;
    return delayMs;
  }

  cancel(): void {
    this.dueAt = undefined;
  }

  registered(): void {
    this.dueAt = undefined;
    this.isAttempted = false;
    this.retry.succeed();
    this.inVain += 1;
  }

  /** A heartbeat was answered: the incarnation is of use. */
  proven(): void {
    this.inVain = 0;
    this.contest.succeed();
  }
}
