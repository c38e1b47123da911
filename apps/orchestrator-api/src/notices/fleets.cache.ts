import { Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Database, ensureFleet, findFleet, listFleets } from '@weir/database';
import type { FleetNotice, FleetRecord } from '@weir/database';
import { DomainError } from '@weir/domain';
import { NoticeBus } from './notice.bus';

/** Settings are read again at least this often, should a notice be lost. */
const REFRESH_INTERVAL_MS = 3_000;
/** Notices of this time lead to one reading. */
const GATHER_MS = 200;
/** How long a name that no fleet has is not looked up again. */
const UNKNOWN_MS = 500;
const UNKNOWN_MAX = 1_000;

/** Fleets by name with their settings, kept fresh by notices: heartbeats never read them. */
@Injectable()
export class FleetsCache implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('Fleets');
  private byName = new Map<string, FleetRecord>();
  private readonly unknown = new Map<string, number>();
  private interval: NodeJS.Timeout | undefined;
  private gathering: NodeJS.Timeout | undefined;
  private refreshing: Promise<void> | undefined;

  constructor(
    private readonly database: Database,
    private readonly bus: NoticeBus,
  ) {}

  onApplicationBootstrap(): void {
    this.bus.subscribe({
      onNotice: (notice) => this.onNotice(notice),
      onGap: () => this.refreshSoon(),
    });
    this.interval = setInterval(() => this.refreshSoon(), REFRESH_INTERVAL_MS);
    this.interval.unref();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.interval);
    clearTimeout(this.gathering);
  }

  /** The fleet if this process knows it already: for the hot path. */
  peek(name: string): FleetRecord | undefined {
    return this.byName.get(name);
  }

  /** The fleet of that name, or undefined. */
  async find(name: string): Promise<FleetRecord | undefined> {
    const known = this.byName.get(name);
    if (known || this.isKnownUnknown(name)) return known;
    const found = await findFleet(this.database.control, name);
    if (found) this.byName.set(name, found);
    else this.rememberUnknown(name);
    return found;
  }

  /** @throws DomainError FLEET_UNKNOWN */
  async get(name: string): Promise<FleetRecord> {
    const fleet = await this.find(name);
    if (!fleet) throw new DomainError('FLEET_UNKNOWN', `no fleet is called ${name}`);
    return fleet;
  }

  /** The fleet of that name, created with default settings when it is not there. */
  async ensure(name: string): Promise<FleetRecord> {
    const known = this.byName.get(name);
    if (known) return known;
    const fleet = await ensureFleet(this.database.control, name);
    this.byName.set(name, fleet);
    this.unknown.delete(name);
    return fleet;
  }

  /** Reads every fleet again; callers that come meanwhile share the reading that follows. */
  async refresh(): Promise<void> {
    await this.refreshing;
    this.refreshing ??= this.readAll().finally(() => (this.refreshing = undefined));
    await this.refreshing;
  }

  private onNotice(notice: FleetNotice): void {
    if (notice.events) this.refreshSoon();
  }

  private refreshSoon(): void {
    this.gathering ??= setTimeout(() => {
      this.gathering = undefined;
      this.refresh().catch((error) => this.log.warn(`fleets were not read: ${String(error)}`));
    }, GATHER_MS);
  }

  private async readAll(): Promise<void> {
    const fleets = await listFleets(this.database.control);
    this.byName = new Map(fleets.map((fleet) => [fleet.name, fleet]));
    this.unknown.clear();
  }

  private isKnownUnknown(name: string): boolean {
    const untilMs = this.unknown.get(name);
    return untilMs !== undefined && performance.now() < untilMs;
  }

  private rememberUnknown(name: string): void {
    if (this.unknown.size >= UNKNOWN_MAX) this.unknown.clear();
    this.unknown.set(name, performance.now() + UNKNOWN_MS);
  }
}
