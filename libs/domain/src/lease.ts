/**
 * Largest error of a clock's rate that the lease protocol tolerates, on either side: 2 %, about a
 * hundred times that of a poor quartz. An instance counts its lease 2 * rho short.
 */
export const CLOCK_RATE_ERROR = 0.02;

/** Longest time set aside to stop exclusive streams before the lease ends, in ms. */
const MAX_STOP_MARGIN_MS = 1_000;

/** Time set aside to stop exclusive streams: 1 s, or a twelfth of a short lease. In ms. */
export function computeStopMarginMs(leaseTtlMs: number): number {
  return Math.min(MAX_STOP_MARGIN_MS, leaseTtlMs / 12);
}

/**
 * How long after *sending* a heartbeat an instance may rely on its lease, in ms on its monotonic
 * clock: `ttl * (1 - 2 rho) - margin`.
 */
export function computeUsableLeaseMs(leaseTtlMs: number): number {
  return leaseTtlMs * (1 - 2 * CLOCK_RATE_ERROR) - computeStopMarginMs(leaseTtlMs);
}

/** Default time between heartbeats: a third of the lease, so that two may be lost. In ms. */
export function computeHeartbeatIntervalMs(leaseTtlMs: number): number {
  return Math.round(leaseTtlMs / 3);
}

/**
 * The share of a lease without a renewal from which on an instance counts as overdue: one that is
 * well renews every third of its lease, and at most every half.
 */
export const LEASE_OVERDUE_SHARE = 0.6;

/** What is known about a lease when a takeover is considered. */
export interface LeaseEvidence {
  /** True when the database's clock says that the lease ran out. */
  readonly expiredByDatabase: boolean;
  /** How long this balancer-worker has itself seen no renewal, in ms on its monotonic clock. */
  readonly unrenewedForMs: number;
  readonly leaseTtlMs: number;
}

/**
 * A takeover needs two proofs: expired by the database's clock, and one whole lease without a
 * renewal on our own monotonic clock. The first alone would fall to a clock step, the second alone
 * to a restart of the balancer-worker.
 */
export function isTakeoverProven(evidence: LeaseEvidence): boolean {
  return evidence.expiredByDatabase && evidence.unrenewedForMs >= evidence.leaseTtlMs;
}
