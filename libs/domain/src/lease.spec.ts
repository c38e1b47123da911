import fc from 'fast-check';
import {
  CLOCK_RATE_ERROR,
  computeHeartbeatIntervalMs,
  computeUsableLeaseMs,
  isTakeoverProven,
} from './lease';

const ttl = fc.integer({ min: 3_000, max: 600_000 });

describe('an instance’s own lease', () => {
  it('ends before the database’s, however wrong both clocks’ rates are within the bound', () => {
    fc.assert(
      fc.property(ttl, (leaseTtlMs) => {
        const slowestInstance = computeUsableLeaseMs(leaseTtlMs) / (1 - CLOCK_RATE_ERROR);
        const fastestDatabase = leaseTtlMs / (1 + CLOCK_RATE_ERROR);
        expect(slowestInstance).toBeLessThan(fastestDatabase);
      }),
    );
  });

  it('outlives one lost heartbeat', () => {
    fc.assert(
      fc.property(ttl, (leaseTtlMs) => {
        expect(computeUsableLeaseMs(leaseTtlMs)).toBeGreaterThan(
          2 * computeHeartbeatIntervalMs(leaseTtlMs),
        );
      }),
    );
  });

  it('is 13.4 s of the default 15 s', () => {
    expect(computeUsableLeaseMs(15_000)).toBeCloseTo(13_400);
  });
});

describe('a takeover', () => {
  it('needs both proofs', () => {
    const proven = { expiredByDatabase: true, unrenewedForMs: 15_000, leaseTtlMs: 15_000 };
    expect(isTakeoverProven(proven)).toBe(true);
    expect(isTakeoverProven({ ...proven, expiredByDatabase: false })).toBe(false);
    expect(isTakeoverProven({ ...proven, unrenewedForMs: 14_999 })).toBe(false);
  });
});
