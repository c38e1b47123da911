import { Backoff } from '../machine/backoff';
import type { CallOutcome } from './call.outcome';
import { waitFor } from './client.runtime';
import type { ClientRuntime } from './client.runtime';

const RETRY = { firstMs: 200, maxMs: 5_000 };

export interface RetryOptions<T> {
  readonly runtime: ClientRuntime;
  /** Ends the attempts; the outcome is then `abandoned`. */
  readonly signal: AbortSignal;
  /** Told of each failed attempt. */
  readonly onFailure: (outcome: CallOutcome<T>) => void;
}

/**
 * Repeats a call until it is answered for good, or not wanted any more: later with each failure,
 * never sooner than the API asks for.
 */
export async function callUntilAnswered<T>(
  attempt: () => Promise<CallOutcome<T>>,
  { runtime, signal, onFailure }: RetryOptions<T>,
): Promise<CallOutcome<T>> {
  const backoff = new Backoff(RETRY, () => runtime.random());
  while (!signal.aborted) {
    const outcome = await attempt();
    if (outcome.kind !== 'transient') {
      if (outcome.kind === 'refused') onFailure(outcome);
      return outcome;
    }
    onFailure(outcome);
    await waitFor(runtime, Math.max(backoff.fail(), outcome.retryAfterMs ?? 0), signal);
  }
  return { kind: 'abandoned' };
}
