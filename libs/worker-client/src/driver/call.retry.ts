import { ExponentialBackoff, handleWhenResult, retry } from 'cockatiel';
import type { IBackoff, IBackoffFactory, IPolicy, IRetryBackoffContext } from 'cockatiel';
import type { CallOutcome } from './call.outcome';

const INITIAL_DELAY_MS = 100;
const MAX_DELAY_MS = 5_000;

type Context = IRetryBackoffContext<unknown>;

/** Exponential with decorrelated jitter, but never sooner than the API asked for. */
class PoliteBackoff implements IBackoff<Context> {
  constructor(
    private readonly inner: IBackoff<unknown>,
    private readonly retryAfterMs: number,
  ) {}

  get duration(): number {
    return Math.max(this.inner.duration, this.retryAfterMs);
  }

  next(context: Context): IBackoff<Context> {
    return new PoliteBackoff(this.inner.next(context), readRetryAfterMs(context));
  }
}

const politeBackoff: IBackoffFactory<Context> = {
  next(context) {
    const exponential = new ExponentialBackoff({
      initialDelay: INITIAL_DELAY_MS,
      maxDelay: MAX_DELAY_MS,
    });
    return new PoliteBackoff(exponential.next(), readRetryAfterMs(context));
  },
};

function readRetryAfterMs({ result }: Context): number {
  const outcome = 'value' in result ? (result.value as Partial<{ retryAfterMs: number }>) : {};
  return outcome.retryAfterMs ?? 0;
}

export type RetryScope = 'transient' | 'transient-or-refused';

function createPolicy(scope: RetryScope) {
  const isRetried = (result: unknown): boolean => {
    const { kind } = result as CallOutcome<unknown>;
    return kind === 'transient' || (scope === 'transient-or-refused' && kind === 'refused');
  };
  return retry(handleWhenResult(isRetried), {
    maxAttempts: Number.POSITIVE_INFINITY,
    backoff: politeBackoff,
  }).dangerouslyUnref();
}

const policies = {
  transient: createPolicy('transient'),
  'transient-or-refused': createPolicy('transient-or-refused'),
};

export interface RetryOptions<T> {
  readonly scope: RetryScope;
  /** Ends the attempts; the outcome is then `abandoned`. */
  readonly signal: AbortSignal;
  /** Told of each failed attempt. */
  readonly onFailure: (outcome: CallOutcome<T>) => void;
  /** What each attempt goes through, a circuit breaker say. */
  readonly around?: IPolicy;
}

/** Repeats a call until it is answered for good, or not wanted any more. */
export async function callUntilAnswered<T>(
  attempt: () => Promise<CallOutcome<T>>,
  options: RetryOptions<T>,
): Promise<CallOutcome<T>> {
  const { signal, scope, onFailure, around } = options;
  const once = async (): Promise<CallOutcome<T>> => {
    if (signal.aborted) return { kind: 'abandoned' };
    const outcome = await (around ? around.execute(attempt, signal) : attempt());
    if (outcome.kind === 'transient' || outcome.kind === 'refused') onFailure(outcome);
    return outcome;
  };
  return await raceAbort(policies[scope].execute(once, signal), signal);
}

/** The wait between two attempts cannot be interrupted; whoever waits for it can. */
function raceAbort<T>(
  outcome: Promise<CallOutcome<T>>,
  signal: AbortSignal,
): Promise<CallOutcome<T>> {
  return new Promise((resolve, reject) => {
    const onAbort = () => resolve({ kind: 'abandoned' });
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    outcome.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
