import type { InstanceMetrics } from '@weir/domain';
import type { ClientNotice } from '../client.notice';

/** A notice and when it was given, on the clock of `performance.now()`. */
export interface BufferedNotice {
  readonly atMs: number;
  readonly notice: ClientNotice;
}

/** Measures that no heartbeat could deliver, and when they were taken. */
export interface BufferedMeasure {
  readonly atMs: number;
  readonly metrics: InstanceMetrics;
}

const NOTICES_MAX = 1_000;
const MEASURES_MAX = 500;

/** Keeps the newest entries, and counts those that it had to drop. */
class Ring<T> {
  private entries: T[] = [];
  private droppedCount = 0;

  constructor(private readonly max: number) {}

  put(entry: T): void {
    this.entries.push(entry);
    if (this.entries.length <= this.max) return;
    this.entries.shift();
    this.droppedCount += 1;
  }

  take(): { readonly kept: readonly T[]; readonly dropped: number } {
    const taken = { kept: this.entries, dropped: this.droppedCount };
    this.entries = [];
    this.droppedCount = 0;
    return taken;
  }
}

/**
 * What happened while nobody could be told: from the first heartbeat that was not answered until
 * there is a lease again. Bounded: an outage may last for days.
 */
export class OutageBuffer {
  private readonly notices: Ring<BufferedNotice>;
  private readonly measures: Ring<BufferedMeasure>;
  private isOpen = false;

  constructor(noticesMax = NOTICES_MAX, measuresMax = MEASURES_MAX) {
    this.notices = new Ring(noticesMax);
    this.measures = new Ring(measuresMax);
  }

  /** @returns what to tell the host now: the report, at the end of a local operation */
  notice(notice: ClientNotice, atMs: number): ClientNotice | undefined {
    const { name } = notice;
    if (name === 'disconnected' || name === 'localOperationBegan') this.isOpen = true;
    if (!this.isOpen) return undefined;
    this.notices.put({ atMs, notice });
    if (name === 'localOperationEnded') return this.report();
    // Back before the lease was over: nothing was decided without the control plane.
    if (name === 'reconnected' || name === 'registered') this.close();
    return undefined;
  }

  /** Measures whose heartbeat was not answered. */
  measure(metrics: InstanceMetrics, atMs: number): void {
    if (this.isOpen) this.measures.put({ atMs, metrics });
  }

  private report(): ClientNotice {
    const { notices, measures } = this.close();
    return {
      name: 'localOperationReported',
      notices: notices.kept,
      droppedNotices: notices.dropped,
      measures: measures.kept,
      droppedMeasures: measures.dropped,
    };
  }

  private close() {
    this.isOpen = false;
    return { notices: this.notices.take(), measures: this.measures.take() };
  }
}
