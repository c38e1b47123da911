/** Heartbeats of many instances must not march in step: +- 10 %. */
const JITTER = 0.1;
const FIRST_RETRY_MS = 100;
const TIMEOUT_MIN_MS = 250;
const TIMEOUT_MAX_MS = 10_000;

/** When the next heartbeat is due. One is under way at a time. */
export class HeartbeatPacer {
  private dueAt: number | undefined;
  private isInFlight = false;
  private failures = 0;
  private intervalMs = 5_000;
  private leaseTtlMs = 15_000;
  private hastenedAtMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly random: () => number) {}

  /** When the next one is to be sent; undefined while one is under way or none is wanted. */
  get dueAtMs(): number | undefined {
    return this.isInFlight ? undefined : this.dueAt;
  }

  /** A quarter of the lease: a call that hangs must leave time for another. */
  get timeoutMs(): number {
    return Math.min(TIMEOUT_MAX_MS, Math.max(TIMEOUT_MIN_MS, this.leaseTtlMs / 4));
  }

  get hasFailed(): boolean {
    return this.failures > 0;
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
    const backoffMs = FIRST_RETRY_MS * 2 ** Math.min(this.failures, 16);
    const jitteredMs = Math.min(this.intervalMs, backoffMs) * (0.5 + this.random() / 2);
    this.failures += 1;
    this.dueAt = nowMs + Math.max(jitteredMs, Math.min(retryAfterMs, this.intervalMs));
  }

  /** As soon as possible: an answer to a heartbeat sent from now on is needed. */
  hasten(nowMs: number): void {
    this.hastenedAtMs = nowMs;
    this.dueAt = nowMs;
  }

  end(): void {
    this.dueAt = undefined;
    this.isInFlight = false;
    this.failures = 0;
  }

  private schedule(agreed: Agreement, fromMs: number): void {
    this.failures = 0;
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
