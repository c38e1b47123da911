import type { InstanceMetrics, StreamReport } from '@weir/domain';
import type { ClientLogger, WeirClientOptions } from '../client.options';
import { cleanMetrics } from './measure.cleaner';
import { ReportSelector } from './report.selector';

/** How long heartbeats go without measures after one was refused, in ms. */
const BARE_MS = 60_000;

export interface Measures {
  readonly metrics?: InstanceMetrics;
  readonly streams?: readonly StreamReport[];
}

/** What the host measures, for heartbeats. It must never cost one, for that costs the lease. */
export class HeartbeatMeasures {
  private readonly reports = new ReportSelector();
  private bareUntilMs = Number.NEGATIVE_INFINITY;
  private wasLogged = false;

  constructor(
    private readonly options: Pick<WeirClientOptions, 'metrics' | 'reports'>,
    private readonly logger: ClientLogger,
  ) {}

  take(nowMs: number): Measures {
    if (nowMs < this.bareUntilMs) return {};
    const { metrics, reports } = this.options;
    try {
      return {
        ...(metrics && { metrics: cleanMetrics(metrics()) }),
        ...(reports && { streams: this.reports.select(reports()) }),
      };
    } catch (error) {
      this.logger.error({ err: error }, 'measuring for the heartbeat failed');
      return {};
    }
  }

  /** The API did not take the body of a heartbeat that carried these: for a while they stay out. */
  refused(measures: Measures, reason: string, nowMs: number): void {
    if (!measures.metrics && !measures.streams) return;
    this.bareUntilMs = nowMs + BARE_MS;
    if (this.wasLogged) return;
    this.wasLogged = true;
    this.logger.error({ reason }, 'a heartbeat was refused; the next go without measures');
  }
}
