import { setTimeout as wait } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Database, SourceCipher } from '@weir/database';
import type { FleetNotice } from '@weir/database';
import { DomainError } from '@weir/domain';
import { MetricsRegistry } from '@weir/observability';
import { NoticeBus } from '../notices/notice.bus';
import { deliver } from './watch.delivery';
import { instanceKey } from './watcher';
import type { Watcher } from './watcher';

/**
 * Connections of one replica; an instance that cannot watch learns the same from its heartbeats.
 */
const WATCHERS_MAX = 25_000;
/**
 * Watchers whose changes are read in one statement: bounds what one answer of the database holds.
 */
const WATCHERS_PER_READ = 200;
const COMMENT_INTERVAL_MS = 10_000;
/** Wait after a failed reading. The heartbeats tell the instances the same meanwhile. */
const RETRY_MS = 500;

/**
 * Who watches, and who of them has something to be told. Notices only mark watchers; one reader
 * takes all that are marked, so that however fast notices come, they are read about in turns.
 */
@Injectable()
export class WatchHub implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('Watch');
  private readonly watchers = new Map<string, Watcher>();
  private readonly byFleet = new Map<number, Set<Watcher>>();
  private marked = new Set<Watcher>();
  private isReading = false;
  private isClosing = false;
  private comments: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly cipher: SourceCipher,
    private readonly bus: NoticeBus,
    metrics: MetricsRegistry,
  ) {
    metrics.gauge(
      { name: 'watchers', help: 'Instances that are told of changes as they are committed.' },
      (gauge) => gauge.set(this.watchers.size),
    );
  }

  onApplicationBootstrap(): void {
    this.bus.subscribe({
      onNotice: (notice) => this.mark(this.concerned(notice)),
      onGap: () => this.mark(this.watchers.values()),
    });
    this.comments = setInterval(() => {
      for (const { sink } of this.watchers.values()) sink.comment();
    }, COMMENT_INTERVAL_MS);
    this.comments.unref();
  }

  beforeApplicationShutdown(): void {
    this.isClosing = true;
    clearInterval(this.comments);
    for (const { sink } of [...this.watchers.values()]) sink.end();
  }

  /** @throws DomainError TOO_MANY_REQUESTS, SHUTTING_DOWN */
  assertRoom(): void {
    if (this.isClosing) throw new DomainError('SHUTTING_DOWN', 'this replica is stopping');
    if (this.watchers.size < WATCHERS_MAX) return;
    throw new DomainError('TOO_MANY_REQUESTS', 'too many instances watch here: use heartbeats');
  }

  /** From here on the watcher is told of every change, beginning with what it has not seen. */
  add(watcher: Watcher): void {
    const key = instanceKey(watcher);
    // The same instance again: its earlier connection is gone, whether or not we have noticed.
    this.watchers.get(key)?.sink.end();
    this.watchers.set(key, watcher);
    const fleet = this.byFleet.get(watcher.fleetId) ?? new Set();
    this.byFleet.set(watcher.fleetId, fleet.add(watcher));
    watcher.sink.whenClosed(() => this.remove(watcher));
    this.mark([watcher]);
  }

  private remove(watcher: Watcher): void {
    const key = instanceKey(watcher);
    if (this.watchers.get(key) === watcher) this.watchers.delete(key);
    this.marked.delete(watcher);
    const fleet = this.byFleet.get(watcher.fleetId);
    fleet?.delete(watcher);
    if (fleet?.size === 0) this.byFleet.delete(watcher.fleetId);
  }

  private concerned(notice: FleetNotice): Iterable<Watcher> {
    const { fleetId, servers } = notice;
    if (servers === undefined) return this.byFleet.get(fleetId) ?? [];
    return servers.flatMap(
      (serverId) => this.watchers.get(instanceKey({ fleetId, serverId })) ?? [],
    );
  }

  private mark(watchers: Iterable<Watcher>): void {
    for (const watcher of watchers) this.marked.add(watcher);
    if (!this.isReading && this.marked.size > 0) void this.readMarked();
  }

  private async readMarked(): Promise<void> {
    this.isReading = true;
    try {
      while (this.marked.size > 0 && !this.isClosing) await this.readSome();
    } finally {
      this.isReading = false;
    }
  }

  private async readSome(): Promise<void> {
    const some = [...this.marked].slice(0, WATCHERS_PER_READ);
    for (const watcher of some) this.marked.delete(watcher);
    try {
      await deliver(this.database.control, this.cipher, some);
    } catch (error) {
      this.log.warn(`changes for ${some.length} watchers were not read: ${String(error)}`);
      for (const watcher of some) if (!watcher.sink.isClosed) this.marked.add(watcher);
      await wait(RETRY_MS);
    }
  }
}
