/** Tokens that one first attempt earns: retries may be a tenth of the traffic. */
const EARNED_PER_CALL = 0.1;
/** Tokens that may be saved up, so that a quiet process can still retry. */
const SAVED_MAX = 20;

/**
 * Bounds retries of a process to a share of its calls, so that retries do not make an outage worse
 * (a storm of retries is the commonest way a short outage becomes a long one).
 */
export class RetryBudget {
  private tokens = SAVED_MAX;

  earn(): void {
    this.tokens = Math.min(SAVED_MAX, this.tokens + EARNED_PER_CALL);
  }

  /** Takes one retry out of the budget; false when there is none left. */
  spend(): boolean {
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }
}
