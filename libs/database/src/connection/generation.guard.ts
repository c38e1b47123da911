import { FLEET_SETTING_BOUNDS } from '@weir/domain';
import { appendEvents } from '../history/event.writer';
import { notifyFleet } from './notify';
import type { SqlSession } from './sql-session';
import type { TransactionRunner } from '../resilience/transaction-runner';

export interface GenerationCheck {
  readonly generation: number;
  /** True when the database is another one than before, and the generation was bumped for it. */
  readonly isBumped: boolean;
}

/** What a restored database may know nothing of: a lease as long as any can be. */
const LONGEST_LEASE_MS = FLEET_SETTING_BOUNDS.leaseTtlMs[1];

/** The timeline that is being written now; pg_control_checkpoint() would lag behind a promotion. */
const TIMELINE = `('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::bigint`;

/**
 * Condition over `cluster_state k, pg_control_system() s`: the database that granted the epochs.
 */
export const IS_SAME_DATABASE = `(k.system_identifier = s.system_identifier::text
  and k.timeline_id = ${TIMELINE})`;

/**
 * Revisions go on in the new generation, as epochs do: the restored database counts from where it
 * was, and would soon give out revisions a second time that instances and balancers have seen
 * already, with other changes under them. Whoever comes with a revision of another generation has
 * to be told everything. Plans from before are overtaken.
 */
const RAISE_REVISIONS = `
update fleet_revisions set
  revision = greatest(revision, $1::bigint << 40) + 1,
  plan_fence = greatest(revision, $1::bigint << 40) + 1
returning fleet_id as "fleetId", revision`;

/**
 * What was granted and perhaps never started is granted anew to its owner, not before the
 * quarantine is over: in the lost history somebody else may have got it since, while the lease of
 * this owner, which was taken over there, is a live one here. What an owner did start is safe: it
 * runs it still, or has stopped it and never starts that epoch again.
 */
const HOLD_UNSTARTED = `
update assignments a set
  epoch = weir_next_epoch(greatest(a.epoch, a.reserved_epoch), k.generation),
  revision = f.revision, assigned_at = weir_now(),
  not_before = greatest(a.not_before, k.quarantine_until)
from fleet_revisions f, streams s, cluster_state k
where a.status = 'starting' and f.fleet_id = a.fleet_id
  and s.fleet_id = a.fleet_id and s.stream_id = a.stream_id and s.exclusive`;

/**
 * Compares the database's identity (system identifier and timeline) with the one that granted the
 * epochs it holds. After a failover or a restore they differ: grants may have been lost, so the
 * generation grows and every later epoch with it, and no exclusive stream is granted until every
 * lease that the old database may have promised is over. Each change of ownership and each batch of
 * heartbeats checks the same.
 */
export function guardGeneration(runner: TransactionRunner): Promise<GenerationCheck> {
  return runner.run('generation', { onUnknownCommit: 'repeat' }, async (sql) => {
    const rows = await sql.query<{ generation: number; isSame: boolean }>(
      `select k.generation, ${IS_SAME_DATABASE} as "isSame"
       from cluster_state k, pg_control_system() s for update of k`,
    );
    const state = rows[0];
    if (!state) throw new Error('cluster_state has no row: run migrate');
    if (state.isSame) return { generation: state.generation, isBumped: false };
    await sql.query(
      `update cluster_state set generation = generation + 1,
         system_identifier = s.system_identifier::text, timeline_id = ${TIMELINE},
         quarantine_until = weir_now() + interval '1 millisecond' * (
           coalesce((select max(granted_ttl_ms) from instance_leases), $1)
           + coalesce((select max(autonomy_ms) from streams where exclusive), 0))
       from pg_control_system() s`,
      [LONGEST_LEASE_MS],
    );
    const fleets = await sql.query<RaisedFleet>(RAISE_REVISIONS, [state.generation + 1]);
    await sql.query(HOLD_UNSTARTED);
    await announce(sql, fleets);
    return { generation: state.generation + 1, isBumped: true };
  });
}

interface RaisedFleet {
  readonly fleetId: number;
  readonly revision: number;
}

async function announce(sql: SqlSession, fleets: readonly RaisedFleet[]): Promise<void> {
  for (const { fleetId, revision } of fleets) {
    await appendEvents(sql, fleetId, [
      {
        kind: 'generation.bumped',
        severity: 'WARNING',
        message: 'the database is another one than before; epochs go on in a new generation',
      },
    ]);
    await notifyFleet(sql, { fleetId, revision, work: true, events: true });
  }
}

/** Thrown inside a transaction when the database is not the one that granted its epochs. */
export class ForeignDatabaseError extends Error {
  override readonly name = 'ForeignDatabaseError';
}

/** Does the work; when it finds that the database was replaced, raises the generation first. */
export async function inKnownGeneration<T>(
  runner: TransactionRunner,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ForeignDatabaseError)) throw error;
    await guardGeneration(runner);
    return work();
  }
}
