import type { FleetFigures } from '@weir/database';
import type { QueueName } from '@weir/queues';
import type { PostgresReading } from '../probes/postgres.probe';
import type { ProbeReading } from '../probes/probe.reading';
import type { QueueFigures } from '../probes/queues.probe';
import type { RedisFigures } from '../probes/redis.probe';
import type { ReplicaReading } from '../probes/services.probe';

/** Counts that only grow: what matters of them is what was added since. */
export interface EarlierCounts {
  readonly deadlocks: number;
  readonly failedJobs: Readonly<Partial<Record<QueueName, number>>>;
}

/** Everything that one look at the system gave. */
export interface HealthReadings {
  /** When, RFC 3339. */
  readonly at: string;
  /** How long this process runs, in ms. */
  readonly uptimeMs: number;
  readonly replicas: readonly ReplicaReading[];
  readonly postgres: ProbeReading<PostgresReading>;
  readonly redis: ProbeReading<RedisFigures>;
  readonly queues: ProbeReading<readonly QueueFigures[]>;
  readonly fleets: ProbeReading<readonly FleetFigures[]>;
  /** The fleets as last read, for while they cannot be. */
  readonly knownFleets: readonly FleetFigures[];
  readonly earlier: EarlierCounts | undefined;
  /** Failures in a row up to now, by name of the part. */
  readonly failures: ReadonlyMap<string, number>;
}
