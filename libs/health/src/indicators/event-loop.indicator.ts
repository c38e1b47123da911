import { Injectable } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { IntervalHistogram } from 'node:perf_hooks';
import { Indicator } from '../indicator';
import type { Reading } from '../indicator';

const RESOLUTION_MS = 20;
const NS_PER_MS = 1e6;
/** Leases are renewed every few seconds; a loop that lags this much begins to endanger them. */
const DEGRADED_P99_MS = 250;

/** How late the event loop is, since the previous reading. */
@Injectable()
export class EventLoopIndicator extends Indicator implements OnApplicationShutdown {
  readonly name = 'eventLoop';
  readonly isRequired = false;
  private readonly delays: IntervalHistogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

  constructor() {
    super();
    this.delays.enable();
  }

  async read(): Promise<Reading> {
    const details = {
      lagMeanMs: lagMs(this.delays.mean),
      lagP99Ms: lagMs(this.delays.percentile(99)),
      lagMaxMs: lagMs(this.delays.max),
    };
    this.delays.reset();
    if (details.lagP99Ms <= DEGRADED_P99_MS) return { status: 'up', details };
    return { status: 'degraded', error: `event loop lags ${details.lagP99Ms} ms`, details };
  }

  onApplicationShutdown(): void {
    this.delays.disable();
  }
}

/**
 * The histogram measures whole intervals; what exceeds the resolution is the lag. NaN before a
 * sample.
 */
function lagMs(intervalNs: number): number {
  const lag = intervalNs / NS_PER_MS - RESOLUTION_MS;
  return Number.isFinite(lag) ? Math.max(0, Math.round(lag * 100) / 100) : 0;
}
