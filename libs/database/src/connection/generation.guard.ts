import { FLEET_SETTING_BOUNDS } from '@weir/domain';
import { appendEvents } from '../history/event.writer';
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
  plan_fence = greatest(revision, $1::bigint << 40) + 1`;

/**
 * Compares the database's identity (system identifier and timeline) with the one that granted the
 * epochs it holds. After a failover or a restore they differ: grants may have been lost, so the
 * generation grows and every later epoch with it, and no exclusive stream is granted until every
 * lease that the old database may have promised is over. Each change of ownership checks the same.
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
    await sql.query(RAISE_REVISIONS, [state.generation + 1]);
    const fleets = await sql.query<{ fleetId: number }>('select fleet_id as "fleetId" from fleets');
    for (const { fleetId } of fleets) {
      await appendEvents(sql, fleetId, [
        {
          kind: 'generation.bumped',
          severity: 'WARNING',
          message: 'the database is another one than before; epochs go on in a new generation',
        },
      ]);
    }
    return { generation: state.generation + 1, isBumped: true };
  });
}
