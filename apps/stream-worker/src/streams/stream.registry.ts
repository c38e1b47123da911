import type { Assignment, StreamEpoch, StreamReport } from '@weir/domain';
import type { StreamContext, StreamHandler } from '@weir/worker-client';
import { parseSourceUrl } from '../readers/source.opener';
import { StreamRun } from './stream.run';
import type { RunCounters, StreamState } from './stream.run';
import { parseStreamSettings } from './stream.settings';

const TICK_MS = 1_000;

/** Everything that runs on this instance. The client starts and stops; the rest looks at it. */
export class StreamRegistry implements StreamHandler {
  private readonly runs = new Map<string, StreamRun>();
  private ticker: NodeJS.Timeout | undefined;

  constructor(
    private readonly counters: RunCounters,
    /** Measured traffic that makes one unit of a stream's weight, in kbit/s. */
    private readonly kbpsPerWeight: number,
  ) {}

  /** @throws TypeError or SourceError when the assignment cannot be run here at all. */
  start(assignment: Assignment, { isAllowed }: Pick<StreamContext, 'isAllowed'>): void {
    parseSourceUrl(assignment.stream.source);
    const settings = parseStreamSettings(assignment.stream.config);
    const run = new StreamRun(assignment, settings, { counters: this.counters, isAllowed });
    this.runs.set(assignment.streamId, run);
    this.ticker ??= setInterval(() => this.tick(), TICK_MS);
  }

  async stop(streamId: string): Promise<void> {
    await this.runs.get(streamId)?.stop();
    this.runs.delete(streamId);
    if (this.runs.size > 0) return;
    clearInterval(this.ticker);
    this.ticker = undefined;
  }

  /** For the client's consistency check. */
  listRunning(): StreamEpoch[] {
    return this.list().map(({ assignment: { streamId, epoch } }) => ({ streamId, epoch }));
  }

  list(): StreamRun[] {
    return [...this.runs.values()];
  }

  find(streamId: string): StreamRun | undefined {
    return this.runs.get(streamId);
  }

  /** How many streams are in each state. */
  countStates(): Record<StreamState, number> {
    const counts = { connecting: 0, running: 0, stalled: 0, failing: 0 };
    for (const { state } of this.runs.values()) counts[state] += 1;
    return counts;
  }

  /** What arrives in all, in Mbit/s. */
  sumMbps(): number {
    let kbps = 0;
    for (const { meter } of this.runs.values()) kbps += meter.bitrateKbps ?? 0;
    return kbps / 1_000;
  }

  /** What heartbeats carry. */
  reports(): StreamReport[] {
    return this.list().map((run) => this.report(run));
  }

  private report({ assignment, state, lastError, meter }: StreamRun): StreamReport {
    const { bitrateKbps } = meter;
    return {
      streamId: assignment.streamId,
      state,
      ...(bitrateKbps !== undefined && { load: round(bitrateKbps / this.kbpsPerWeight) }),
      ...(lastError !== undefined && { error: lastError }),
    };
  }

  private tick(): void {
    const nowMs = performance.now();
    for (const run of this.runs.values()) run.tick(nowMs);
  }
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
