import { Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Database, findLatestHealth, storeHealthSample, withTurn } from '@weir/database';
import type { SystemHealth } from '@weir/domain';
import { HealthSection } from '../health.section';
import { HealthMetrics } from './health.metrics';
import { SystemObserver } from './system.observer';

/** First half of the advisory lock's key: one replica at a time stores. */
const LOCK_CLASS = 0x7768;
const LOCK_KEY = 0;
/** Samples are this share of the interval apart: the queue's job and our own timer both ask. */
const APART_SHARE = 0.9;
/** A look younger than this is given again, so that many callers cost no more than one. In ms. */
const FRESH_MS = 1_000;

/**
 * Looks at the system at every interval and stores a sample of it. Every replica looks, for its own
 * metrics and answers; whichever gets the turn when a sample is due stores it.
 */
@Injectable()
export class HealthDriver implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('HealthDriver');
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<SystemHealth> | undefined;
  private latest: { readonly health: SystemHealth; readonly atMs: number } | undefined;
  private storing: Promise<void> | undefined;
  private lastOverall: SystemHealth['overall'] | undefined;

  constructor(
    private readonly database: Database,
    private readonly observer: SystemObserver,
    private readonly metrics: HealthMetrics,
    private readonly section: HealthSection,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.onCadence(), this.section.intervalMs);
    this.onCadence();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.looking?.catch(() => undefined);
    await this.storing?.catch(() => undefined);
  }

  /** The health of the system now, at most a second old. */
  read(): Promise<SystemHealth> {
    const { latest } = this;
    if (latest && performance.now() - latest.atMs < FRESH_MS) return Promise.resolve(latest.health);
    this.looking ??= this.look().finally(() => (this.looking = undefined));
    return this.looking;
  }

  /** Looks, and stores a sample when one is due. @throws what keeps it from being stored */
  sample(): Promise<void> {
    this.storing ??= this.store().finally(() => (this.storing = undefined));
    return this.storing;
  }

  private onCadence(): void {
    // While PostgreSQL is away there is nowhere to store; the look itself says so.
    this.sample().catch((error: unknown) => this.log.debug(`no sample stored: ${String(error)}`));
  }

  private async look(): Promise<SystemHealth> {
    const health = await this.observer.observe();
    this.latest = { health, atMs: performance.now() };
    this.metrics.observed(health);
    this.metrics.fleetsRead(this.observer.fleets);
    if (health.overall !== this.lastOverall) {
      const first = health.reasons[0]?.message ?? 'no reason to worry';
      this.log.log(`the system is ${health.overall}: ${first}`);
      this.lastOverall = health.overall;
    }
    return health;
  }

  private async store(): Promise<void> {
    const health = await this.read();
    const { control } = this.database;
    await withTurn(control, LOCK_CLASS, LOCK_KEY, async () => {
      const newest = await findLatestHealth(control);
      if (newest && newest.ageMs < APART_SHARE * this.section.intervalMs) return;
      await storeHealthSample(control, health);
      this.metrics.stored();
    });
  }
}
