import { Injectable } from '@nestjs/common';
import { Database } from '@weir/database';
import type { FleetFigures, ServiceRecord, TransactionRunner } from '@weir/database';
import type { SystemHealth } from '@weir/domain';
import { QueuesContext } from '@weir/queues';
import { probeFleets } from '../probes/fleets.probe';
import { probePostgres } from '../probes/postgres.probe';
import { probeQueues } from '../probes/queues.probe';
import { probeRedisFigures } from '../probes/redis.probe';
import { findReplicas, probeReplicas } from '../probes/services.probe';
import type { EarlierCounts, HealthReadings } from './health.readings';
import { computeSystemHealth } from './system-health';

/** Looks at every part side by side, and keeps what the next look needs of this one. */
@Injectable()
export class SystemObserver {
  private readonly runner: TransactionRunner;
  private knownReplicas: readonly ServiceRecord[] = [];
  private knownFleets: readonly FleetFigures[] = [];
  private earlier: EarlierCounts | undefined;
  private failures: ReadonlyMap<string, number> = new Map();

  constructor(
    database: Database,
    private readonly queues: QueuesContext,
  ) {
    this.runner = database.control;
  }

  /** Every fleet in figures, as of the latest look that could read them. */
  get fleets(): readonly FleetFigures[] {
    return this.knownFleets;
  }

  /** One look; takes as long as the slowest part, at most some seconds. Never throws. */
  async observe(): Promise<SystemHealth> {
    const readings = await this.read();
    const health = computeSystemHealth(readings);
    this.remember(readings, health);
    return health;
  }

  private async read(): Promise<HealthReadings> {
    const { connection, registry } = this.queues;
    // Those that measure time come first: the work for the others must not be measured with it.
    const [postgres, redis] = await Promise.all([
      probePostgres(this.runner),
      probeRedisFigures(connection),
    ]);
    const [queues, fleets, replicas] = await Promise.all([
      probeQueues(connection, registry),
      probeFleets(this.runner),
      this.readReplicas(),
    ]);
    return {
      at: new Date().toISOString(),
      uptimeMs: performance.now(),
      replicas,
      postgres,
      redis,
      queues,
      fleets,
      knownFleets: this.knownFleets,
      earlier: this.earlier,
      failures: this.failures,
    };
  }

  /** Without the database: those that it named last, whose beats cannot be judged meanwhile. */
  private async readReplicas(): ReturnType<typeof probeReplicas> {
    this.knownReplicas = (await findReplicas(this.runner)) ?? this.knownReplicas;
    return probeReplicas(this.knownReplicas);
  }

  private remember(readings: HealthReadings, health: SystemHealth): void {
    const { postgres, queues, fleets } = readings;
    if (fleets.kind === 'read') this.knownFleets = fleets.figures;
    this.earlier = {
      deadlocks:
        postgres.kind === 'read' ? postgres.figures.deadlocks : (this.earlier?.deadlocks ?? 0),
      failedJobs:
        queues.kind === 'read'
          ? Object.fromEntries(queues.figures.map(({ queue, failed }) => [queue, failed]))
          : (this.earlier?.failedJobs ?? {}),
    };
    this.failures = new Map(health.services.map(({ name, retryCount }) => [name, retryCount]));
  }
}
