import { within } from '@weir/queues';

/** What one look at one part gave. A part that does not answer is data, not an exception. */
export type ProbeReading<T> =
  | { readonly kind: 'read'; readonly figures: T; readonly latencyMs: number }
  | { readonly kind: 'failed'; readonly error: string; readonly latencyMs: number };

/** An answer later than this counts as none. */
export const PROBE_TIMEOUT_MS = 2_000;

/** Looks, in bounded time; never throws. */
export async function readProbe<T>(look: () => Promise<T>): Promise<ProbeReading<T>> {
  const startedAt = performance.now();
  const result = await within(look(), PROBE_TIMEOUT_MS);
  const latencyMs = Math.round((performance.now() - startedAt) * 100) / 100;
  switch (result.kind) {
    case 'done':
      return { kind: 'read', figures: result.value, latencyMs };
    case 'failed':
      return { kind: 'failed', error: messageOf(result.error), latencyMs };
    case 'timed-out':
      return { kind: 'failed', error: `no answer in ${PROBE_TIMEOUT_MS} ms`, latencyMs };
  }
}

const MEASUREMENTS = 3;

/**
 * How long `work` takes, in ms: the best of three, which is what is slow every time. A single one
 * also measures this process being busy, or a connection being made.
 */
export async function measureBest(work: () => Promise<unknown>): Promise<number> {
  let bestMs = Number.POSITIVE_INFINITY;
  for (let count = 0; count < MEASUREMENTS; count += 1) {
    const startedAt = performance.now();
    await work();
    bestMs = Math.min(bestMs, performance.now() - startedAt);
  }
  return bestMs;
}

/** The words of an error, with those of its cause, which say what the socket or the server said. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const [first] = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  const own = error.message || (first instanceof Error ? first.message : error.name);
  return error.cause instanceof Error ? `${own}: ${messageOf(error.cause)}` : own;
}
