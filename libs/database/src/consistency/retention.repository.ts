import type { SqlSession } from '../connection/sql-session';
import type { TransactionRunner } from '../resilience/transaction-runner';

/** Rows deleted by one statement: a batch holds its locks for milliseconds. */
const BATCH_ROWS = 5_000;
/** Batches of one table at a time; the rest goes the next time. */
const BATCHES_MAX = 200;

/** A table that is partitioned by day. */
export type PartitionedTable = 'events' | 'health_samples';

/**
 * Makes the partitions of the days ahead and drops those that are older than the retention.
 * @returns how many partitions were made or dropped.
 */
export async function maintainPartitions(
  runner: TransactionRunner,
  table: PartitionedTable,
  days: { readonly ahead: number; readonly keep: number },
): Promise<number> {
  return runner.run('maintain-partitions', { onUnknownCommit: 'repeat' }, async (sql) => {
    const rows = await sql.query<{ changed: number }>(
      'select weir_maintain_partitions($1, $2, $3) as changed',
      [table, days.ahead, days.keep],
    );
    return rows[0]?.changed ?? 0;
  });
}

/** What is deleted when it is old, each in bounded batches. */
export type RetentionTarget =
  'operations' | 'idempotency_keys' | 'consistency_reports' | 'service_status' | 'instance_losses';

/** The newest reports of a fleet stay whatever their age. */
const REPORTS_KEPT = 100;

/** `$1` = age in ms, `$2` = rows at most. */
const DELETIONS: Readonly<Record<RetentionTarget, string>> = {
  operations: `
    delete from operations where operation_id in (select operation_id from operations
      where created_at < weir_now() - $1 * interval '1 millisecond' order by created_at limit $2)
    returning 1`,
  idempotency_keys: `
    delete from idempotency_keys where (key_id, idempotency_key) in (
      select key_id, idempotency_key from idempotency_keys
      where created_at < weir_now() - $1 * interval '1 millisecond' order by created_at limit $2)
    returning 1`,
  consistency_reports: `
    delete from consistency_reports where (fleet_id, report_id) in (
      select r.fleet_id, r.report_id from fleets f
      cross join lateral (select k.report_id from consistency_reports k
        where k.fleet_id = f.fleet_id order by k.report_id desc
        offset ${REPORTS_KEPT - 1} limit 1) oldest_kept
      join consistency_reports r on r.fleet_id = f.fleet_id and r.report_id < oldest_kept.report_id
      where r.created_at < weir_now() - $1 * interval '1 millisecond' limit $2)
    returning 1`,
  instance_losses: `
    delete from instance_losses where (fleet_id, loss_id) in (select fleet_id, loss_id
      from instance_losses where lost_at < weir_now() - $1 * interval '1 millisecond' limit $2)
    returning 1`,
  service_status: `
    delete from service_status where (service, replica) in (select service, replica
      from service_status where last_seen < weir_now() - $1 * interval '1 millisecond' limit $2)
    returning 1`,
};

/**
 * Deletes what is older than `ageMs`, batch after batch, until nothing is left or the bound is met.
 * @param mayGoOn asked between batches.
 * @returns rows deleted.
 */
export async function deleteOlder(
  runner: TransactionRunner,
  target: RetentionTarget,
  ageMs: number,
  mayGoOn: () => boolean = () => true,
): Promise<number> {
  let deleted = 0;
  for (let batch = 0; batch < BATCHES_MAX && mayGoOn(); batch += 1) {
    const count = await runner.run('retention', { onUnknownCommit: 'repeat' }, (sql) =>
      deleteBatch(sql, target, ageMs),
    );
    deleted += count;
    if (count < BATCH_ROWS) return deleted;
  }
  return deleted;
}

async function deleteBatch(
  sql: SqlSession,
  target: RetentionTarget,
  ageMs: number,
): Promise<number> {
  const rows = await sql.query(DELETIONS[target], [ageMs, BATCH_ROWS]);
  return rows.length;
}
