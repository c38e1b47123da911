import fc from 'fast-check';
import { Backoff } from './backoff';

describe('Backoff', () => {
  const rule = { firstMs: 100, maxMs: 5_000 };

  it('doubles the range of its delays up to the longest, and begins anew after a success', () => {
    const backoff = new Backoff(rule, () => 0.999_999);
    const delays = Array.from({ length: 9 }, () => Math.round(backoff.fail()));
    expect(delays).toEqual([100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000]);
    backoff.succeed();
    expect(Math.round(backoff.fail())).toBe(100);
  });

  it('spreads delays over the whole range, never below 10 ms nor above what it is told', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 0.999_999, noNaN: true }),
        fc.nat(5_000),
        (random, max) => {
          const backoff = new Backoff(rule, () => random);
          for (let failure = 0; failure < 20; failure += 1) {
            const cap = Math.min(max, rule.maxMs, rule.firstMs * 2 ** failure);
            expect(backoff.fail(max)).toBe(Math.max(10, random * cap));
          }
        },
      ),
    );
  });
});
