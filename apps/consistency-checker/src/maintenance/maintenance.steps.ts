import { deleteOlder, listFleets, maintainPartitions, retireInstances } from '@weir/database';
import type { TransactionRunner } from '@weir/database';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Partitions are made this many days ahead, so that a week without a checker loses nothing. */
const DAYS_AHEAD = 7;

export interface RetentionSettings {
  readonly eventDays: number;
  readonly healthDays: number;
}

/** One piece of upkeep, bounded and idempotent. */
export interface MaintenanceStep {
  readonly table: string;
  /** @returns rows deleted, or partitions made and dropped. */
  run(runner: TransactionRunner, mayGoOn: () => boolean): Promise<number>;
}

/** Everything that is kept up, partitions first: rows of tomorrow need a place. */
export function maintenanceSteps(settings: RetentionSettings): MaintenanceStep[] {
  return [
    partitioned('events', settings.eventDays),
    partitioned('health_samples', settings.healthDays),
    // A repeated COMMIT or request comes within minutes; a day is ample.
    expiring('operations', DAY_MS),
    expiring('idempotency_keys', DAY_MS),
    expiring('consistency_reports', 7 * DAY_MS),
    expiring('service_status', DAY_MS),
    expiring('instance_losses', 7 * DAY_MS),
    retiring(),
  ];
}

function partitioned(table: Parameters<typeof maintainPartitions>[1], keep: number) {
  return {
    table,
    run: (runner: TransactionRunner) =>
      maintainPartitions(runner, table, { ahead: DAYS_AHEAD, keep }),
  };
}

/** Instances that were lost, or left, longer ago than their fleet remembers them. */
function retiring(): MaintenanceStep {
  return {
    table: 'instances',
    run: async (runner, mayGoOn) => {
      let retired = 0;
      for (const fleet of await listFleets(runner)) {
        for (let more = 1; more > 0 && mayGoOn(); retired += more) {
          more = await retireInstances(runner, fleet);
        }
      }
      return retired;
    },
  };
}

function expiring(table: Parameters<typeof deleteOlder>[1], ageMs: number): MaintenanceStep {
  return { table, run: (runner, mayGoOn) => deleteOlder(runner, table, ageMs, mayGoOn) };
}
