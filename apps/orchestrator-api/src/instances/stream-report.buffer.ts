import { Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Database, writeStreamReports } from '@weir/database';
import type { StreamReportWrite } from '@weir/database';
import type { StreamReport } from '@weir/domain';

const FLUSH_INTERVAL_MS = 1_000;
/** One statement's worth: tens of milliseconds. */
const WRITE_MAX = 5_000;
/** Beyond this, reports of further streams are dropped: they come again with the next heartbeat. */
const WAITING_MAX = 200_000;

/**
 * What instances say of their streams, latest per stream, written once a second and not per
 * heartbeat.
 */
@Injectable()
export class StreamReportBuffer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('StreamReports');
  private waiting = new Map<string, StreamReportWrite>();
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> | undefined;

  constructor(private readonly database: Database) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.flush(), FLUSH_INTERVAL_MS);
    this.timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }

  /** Notes reports; the owner is checked when they are written. */
  add(fleetId: number, serverId: string, reports: readonly StreamReport[]): void {
    for (const { streamId, load, state, error } of reports) {
      const key = `${fleetId}/${serverId}/${streamId}`;
      if (this.waiting.size >= WAITING_MAX && !this.waiting.has(key)) continue;
      this.waiting.set(key, {
        fleetId,
        streamId,
        serverId,
        load: load ?? null,
        state: state ?? null,
        error: error ?? null,
      });
    }
  }

  /**
   * Writes everything that waits; one at a time. What cannot be written now is dropped and said so.
   */
  async flush(): Promise<void> {
    await this.writing;
    this.writing ??= this.write().finally(() => (this.writing = undefined));
    await this.writing;
  }

  private async write(): Promise<void> {
    const reports = [...this.waiting.values()];
    this.waiting = new Map();
    try {
      for (let from = 0; from < reports.length; from += WRITE_MAX) {
        await writeStreamReports(this.database.control, reports.slice(from, from + WRITE_MAX));
      }
    } catch (error) {
      this.log.warn(`reports of ${reports.length} streams were dropped: ${String(error)}`);
    }
  }
}
