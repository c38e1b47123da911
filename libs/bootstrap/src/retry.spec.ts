import { retryWithin } from './retry';
import type { FailedAttempt } from './retry';

describe('retryWithin', () => {
  it('tries until it works, waiting longer each time', async () => {
    const failed: FailedAttempt[] = [];
    let calls = 0;
    const outcome = await retryWithin(
      10_000,
      async () => {
        calls += 1;
        if (calls < 4) throw new Error('not yet');
        return 'value';
      },
      (attempt) => failed.push(attempt),
    );
    expect(outcome).toEqual({ kind: 'done', value: 'value', attempts: 4 });
    const delays = failed.map((attempt) => attempt.nextDelayMs ?? 0);
    for (const [index, delayMs] of delays.entries()) {
      expect(delayMs).toBeGreaterThanOrEqual(50 * 2 ** index);
      expect(delayMs).toBeLessThanOrEqual(100 * 2 ** index);
    }
  });

  it('gives up when the budget is spent, with the last error', async () => {
    const error = new Error('never');
    const outcome = await retryWithin(
      120,
      () => Promise.reject(error),
      () => undefined,
    );
    expect(outcome).toMatchObject({ kind: 'gave-up', error });
    expect(outcome.attempts).toBeGreaterThan(1);
  });

  it('throws at once what is final', async () => {
    let failures = 0;
    const work = retryWithin(
      10_000,
      () => Promise.reject(new Error('refused')),
      () => (failures += 1),
      () => true,
    );
    await expect(work).rejects.toThrow('refused');
    expect(failures).toBe(0);
  });
});
