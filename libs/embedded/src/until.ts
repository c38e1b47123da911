import { setTimeout as delay } from 'node:timers/promises';

/** How often a condition is looked at: short, because people wait for a start. */
const POLL_INTERVAL_MS = 50;

/**
 * Looks at `probe` until it answers something other than undefined, and returns that.
 * Returns undefined when `timeoutMs` have passed. What `probe` throws ends the wait.
 */
export async function until<T>(
  probe: () => Promise<T | undefined> | T | undefined,
  timeoutMs: number,
): Promise<T | undefined> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const found = await probe();
    if (found !== undefined || performance.now() >= deadline) {
      return found;
    }
    await delay(POLL_INTERVAL_MS);
  }
}
