import { setTimeout as wait } from 'node:timers/promises';

/**
 * Waits until `condition` gives something truthy, and returns that.
 * @throws Error naming `what` when it does not within `timeoutMs`.
 */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  timeoutMs = 10_000,
): Promise<NonNullable<T>> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (performance.now() > deadline)
      throw new Error(`waited ${timeoutMs} ms in vain until ${what}`);
    await wait(10);
  }
}
