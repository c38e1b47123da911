import type { ServiceStatus } from '@weir/domain';
import { within } from '@weir/queues';
import type { Indicator, Reading } from './indicator';

/** The newest reading of an indicator, and the history that a status tells. */
export interface ProbeResult {
  readonly indicator: Indicator;
  readonly reading: Reading;
  readonly status: ServiceStatus;
}

/** An answer later than this counts as none. */
const PROBE_TIMEOUT_MS = 2000;
/** Readings younger than this are given again, so that many callers cost no more than one. */
const CACHE_MS = 1000;

/**
 * Reads an indicator in bounded time, at most once a second, and one read at a time: callers that
 * come while it is being read share the answer.
 */
export class Probe {
  private latest: ProbeResult | undefined;
  private readAtMs = Number.NEGATIVE_INFINITY;
  private running: Promise<ProbeResult> | undefined;
  private failuresInARow = 0;

  constructor(
    private readonly indicator: Indicator,
    private readonly timeoutMs = PROBE_TIMEOUT_MS,
  ) {}

  get name(): string {
    return this.indicator.name;
  }

  async check(): Promise<ProbeResult> {
    if (this.latest !== undefined && performance.now() - this.readAtMs < CACHE_MS)
      return this.latest;
    this.running ??= this.readNow().finally(() => (this.running = undefined));
    return this.running;
  }

  private async readNow(): Promise<ProbeResult> {
    const startedAtMs = performance.now();
    const result = await within(this.indicator.read(), this.timeoutMs);
    const reading = toReading(result, this.timeoutMs);
    this.readAtMs = performance.now();
    this.failuresInARow = reading.status === 'down' ? this.failuresInARow + 1 : 0;
    this.latest = {
      indicator: this.indicator,
      reading,
      status: this.statusOf(reading, this.readAtMs - startedAtMs),
    };
    return this.latest;
  }

  private statusOf(reading: Reading, latencyMs: number): ServiceStatus {
    return {
      name: this.indicator.name,
      status: reading.status === 'down' ? 'error' : 'ready',
      lastCheck: new Date().toISOString(),
      latencyMs: Math.round(latencyMs * 100) / 100,
      error: reading.error ?? null,
      retryCount: this.failuresInARow,
    };
  }
}

function toReading(
  result: Awaited<ReturnType<typeof within<Reading>>>,
  timeoutMs: number,
): Reading {
  switch (result.kind) {
    case 'done':
      return result.value;
    case 'timed-out':
      return { status: 'down', error: `no answer in ${timeoutMs} ms`, details: {} };
    case 'failed':
      return { status: 'down', error: messageOf(result.error), details: {} };
  }
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // A refused connection on several addresses is an AggregateError without a message of its own.
  const [first] = error instanceof AggregateError ? error.errors : [];
  return error.message || (first instanceof Error ? first.message : error.name);
}
