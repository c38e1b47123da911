import { Backoff } from './backoff';

/** Heartbeats of many instances must not march in step: +- 10 %. */
const JITTER = 0.1;
const RETRY = { firstMs: 100, maxMs: 60_000 };
const TIMEOUT_MIN_MS = 250;
const TIMEOUT_MAX_MS = 10_000;

/** When the next heartbeat is due. One is under way at a time. */
export class HeartbeatPacer {
  private dueAt: number | undefined;
  private isInFlight = false;
  private readonly backoff: Backoff;
  private intervalMs = 5_000;
  private leaseTtlMs = 15_000;
  private hastenedAtMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly random: () => number) {
    this.backoff = new Backoff(RETRY, random);
  }

  /** When the next one is to be sent; undefined while one is under way or none is wanted. */
  get dueAtMs(): number | undefined {
    return this.isInFlight ? undefined : this.dueAt;
  }

  /** A quarter of the lease: a call that hangs must leave time for another. */
  get timeoutMs(): number {
    return Math.min(TIMEOUT_MAX_MS, Math.max(TIMEOUT_MIN_MS, this.leaseTtlMs / 4));
  }

  get hasFailed(): boolean {
    return this.backoff.failures > 0;
  }

  begin(agreed: Agreement, nowMs: number): void {
    this.isInFlight = false;
    this.schedule(agreed, nowMs);
  }

  sent(): void {
    this.isInFlight = true;
  }

  answered(agreed: Agreement, sentAtMs: number): void {
    this.isInFlight = false;
    this.schedule(agreed, sentAtMs);
    if (sentAtMs < this.hastenedAtMs) this.dueAt = this.hastenedAtMs;
  }

  /** Tries again soon, later with each failure, but never less often than heartbeats are due. */
  failed(nowMs: number, retryAfterMs = 0): void {
    this.isInFlight = false;
    const delayMs = this.backoff.fail(this.intervalMs);
    this.dueAt = nowMs + Math.max(delayMs, Math.min(retryAfterMs, this.intervalMs));
  }

  /** As soon as possible: an answer to a heartbeat sent from now on is needed. */
  hasten(nowMs: number): void {
    this.hastenedAtMs = nowMs;
    this.dueAt = nowMs;
  }

  end(): void {
    this.dueAt = undefined;
    this.isInFlight = false;
    this.backoff.succeed();
  }

  private schedule(agreed: Agreement, fromMs: number): void {
    this.backoff.succeed();
    this.intervalMs = agreed.heartbeatIntervalMs;
    this.leaseTtlMs = agreed.leaseTtlMs;
    const jitter = 1 - JITTER + 2 * JITTER * this.random();
    this.dueAt = fromMs + this.intervalMs * jitter;
  }
}

/** What an answer says about the rhythm. */
export interface Agreement {
  readonly leaseTtlMs: number;
  readonly heartbeatIntervalMs: number;
}
