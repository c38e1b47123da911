import { setTimeout as wait } from 'node:timers/promises';

const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 5000;

export interface FailedAttempt {
  readonly attempt: number;
  readonly error: unknown;
  /** Wait before the next attempt, or null when the budget is spent. */
  readonly nextDelayMs: number | null;
}

export type RetryOutcome<T> =
  | { readonly kind: 'done'; readonly value: T; readonly attempts: number }
  | { readonly kind: 'gave-up'; readonly error: unknown; readonly attempts: number };

/** Whether an error makes further attempts pointless: it is thrown on at once. */
export type IsFinal = (error: unknown) => boolean;

/**
 * Tries until it works or the budget is spent, with exponential backoff from 100 ms to 5 s. The
 * wait is drawn from the upper half of that ("equal jitter"), so that services that start together
 * spread out.
 *
 * @throws what `isFinal` says is final
 */
export async function retryWithin<T>(
  budgetMs: number,
  work: () => Promise<T>,
  onFailure: (failed: FailedAttempt) => void,
  isFinal: IsFinal = () => false,
): Promise<RetryOutcome<T>> {
  const deadlineMs = performance.now() + budgetMs;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return { kind: 'done', value: await work(), attempts: attempt };
    } catch (error) {
      if (isFinal(error)) throw error;
      const leftMs = deadlineMs - performance.now();
      const nextDelayMs = leftMs > 0 ? Math.min(delayAfterMs(attempt), leftMs) : null;
      onFailure({ attempt, error, nextDelayMs });
      if (nextDelayMs === null) return { kind: 'gave-up', error, attempts: attempt };
      await wait(nextDelayMs);
    }
  }
}

function delayAfterMs(attempt: number): number {
  const delayMs = Math.min(FIRST_DELAY_MS * 2 ** Math.min(attempt - 1, 10), MAX_DELAY_MS);
  return Math.round(delayMs * (0.5 + Math.random() / 2));
}

/** The words of an error, also of a connection refused on every address of a host. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const [first] = error instanceof AggregateError ? error.errors : [];
  return error.message || (first instanceof Error ? first.message : error.name);
}
