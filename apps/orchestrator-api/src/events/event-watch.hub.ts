import { setTimeout as wait } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { EventHorizon, OrdinaryReads, readEventHorizon, readEventsBetween } from '@weir/database';
import { DomainError } from '@weir/domain';
import type { EventStream } from '../http/event.stream';
import { NoticeBus } from '../notices/notice.bus';

/** Watchers of one replica: dashboards and scripts, not instances. */
const WATCHERS_MAX = 500;
/** Events of one reading, and how much a watcher may have unread before it is read for again. */
const EVENTS_PER_READ = 500;
const UNREAD_MAX_BYTES = 128 * 1024;
/** Looks when nothing was heard: a lost notice costs at most this. */
const LOOK_INTERVAL_MS = 1_000;
/** Looks while transactions are running that may still commit earlier events. */
const SETTLE_INTERVAL_MS = 25;
/** A new watcher does not wait longer than this for transactions that are running. */
const SETTLE_MOST_MS = 2_000;
const COMMENT_INTERVAL_MS = 10_000;

interface EventWatcher {
  readonly fleetId: number;
  /** Everything up to here has been sent. */
  after: number;
  readonly sink: EventStream;
}

/**
 * Tells watchers of events in the order of their ids, and of each one exactly once per connection:
 * nothing is sent above the event horizon, below which nothing new can appear.
 */
@Injectable()
export class EventWatchHub implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('Events');
  private readonly watchers = new Set<EventWatcher>();
  private readonly horizon = new EventHorizon();
  private timer: NodeJS.Timeout | undefined;
  private comments: NodeJS.Timeout | undefined;
  private isLooking = false;
  private isWoken = false;
  private isClosing = false;
  private isFailing = false;

  constructor(
    private readonly reads: OrdinaryReads,
    private readonly bus: NoticeBus,
  ) {}

  onApplicationBootstrap(): void {
    this.bus.subscribe({
      onNotice: ({ events }) => events && this.wake(),
      onGap: () => this.wake(),
    });
    this.comments = setInterval(() => {
      for (const { sink } of this.watchers) sink.comment();
    }, COMMENT_INTERVAL_MS);
    this.comments.unref();
  }

  beforeApplicationShutdown(): void {
    this.isClosing = true;
    clearInterval(this.comments);
    clearTimeout(this.timer);
    for (const { sink } of [...this.watchers]) sink.end();
  }

  /**
   * Where a watcher begins. An id that was never given out (of another database, say) is taken as
   * the newest, so that it does not wait for ever.
   * @throws DomainError TOO_MANY_REQUESTS, SHUTTING_DOWN
   */
  async findStart(after: number | undefined): Promise<number> {
    if (this.isClosing) throw new DomainError('SHUTTING_DOWN', 'this replica is stopping');
    if (this.watchers.size >= WATCHERS_MAX) {
      throw new DomainError('TOO_MANY_REQUESTS', 'too many watch events here');
    }
    const reading = await readEventHorizon(this.reads);
    this.horizon.observe(reading);
    if (after !== undefined && after <= reading.lastEventId) return after;
    await this.settle(reading.lastEventId);
    return reading.lastEventId;
  }

  add(watcher: EventWatcher): void {
    this.watchers.add(watcher);
    watcher.sink.whenClosed(() => this.watchers.delete(watcher));
    if (this.isClosing) watcher.sink.end();
    this.wake();
  }

  /**
   * Waits until nothing more can appear up to this id, so that what comes after it is all that is
   * new.
   */
  private async settle(eventId: number): Promise<void> {
    const deadline = performance.now() + SETTLE_MOST_MS;
    while (this.horizon.settledEventId < eventId && performance.now() < deadline) {
      await wait(SETTLE_INTERVAL_MS);
      this.horizon.observe(await readEventHorizon(this.reads));
    }
  }

  private wake(): void {
    this.isWoken = true;
    if (!this.isLooking) this.schedule(0);
  }

  private schedule(delayMs: number): void {
    clearTimeout(this.timer);
    if (this.isClosing || this.watchers.size === 0) return;
    this.timer = setTimeout(() => void this.look(), delayMs);
    this.timer.unref();
  }

  private async look(): Promise<void> {
    this.isLooking = true;
    this.isWoken = false;
    let isBehind = false;
    try {
      this.horizon.observe(await readEventHorizon(this.reads));
      isBehind = await this.deliver();
      this.isFailing = false;
    } catch (error) {
      if (!this.isFailing) this.log.warn(`events were not read: ${String(error)}`);
      this.isFailing = true;
    }
    this.isLooking = false;
    const isHurried = !this.isFailing && (isBehind || this.horizon.isWaiting);
    this.schedule(this.isWoken && !this.isFailing ? 0 : this.delayMs(isHurried));
  }

  private delayMs(isHurried: boolean): number {
    return isHurried ? SETTLE_INTERVAL_MS : LOOK_INTERVAL_MS;
  }

  /** @returns true when some watcher has more to be told. */
  private async deliver(): Promise<boolean> {
    const upTo = this.horizon.settledEventId;
    let isBehind = false;
    for (const group of this.groupsBehind(upTo)) {
      const ready = group.filter(({ sink }) => sink.unreadBytes <= UNREAD_MAX_BYTES);
      isBehind ||= ready.length < group.length;
      const first = ready[0];
      if (first) isBehind = (await this.tell(first, ready, upTo)) || isBehind;
    }
    return isBehind;
  }

  /** Watchers of the same fleet that have seen the same are read for once. */
  private groupsBehind(upTo: number): EventWatcher[][] {
    const groups = new Map<string, EventWatcher[]>();
    for (const watcher of this.watchers) {
      if (watcher.after >= upTo) continue;
      const key = `${watcher.fleetId}:${watcher.after}`;
      groups.set(key, [...(groups.get(key) ?? []), watcher]);
    }
    return [...groups.values()];
  }

  /** @returns true when there is more than was read. */
  private async tell(
    { fleetId, after }: EventWatcher,
    group: readonly EventWatcher[],
    upTo: number,
  ): Promise<boolean> {
    const events = await readEventsBetween(this.reads, fleetId, { after, upTo }, EVENTS_PER_READ);
    const hasMore = events.length === EVENTS_PER_READ;
    const reached = hasMore ? Number(events.at(-1)?.eventId) : upTo;
    for (const watcher of group) {
      for (const event of events) watcher.sink.send('event', event, event.eventId);
      watcher.after = reached;
    }
    return hasMore;
  }
}
