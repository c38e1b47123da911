import { appendEvents } from '../history/event.writer';
import type { TransactionRunner } from '../resilience/transaction-runner';

export interface GenerationCheck {
  readonly generation: number;
  /** True when the database is another one than before, and the generation was bumped for it. */
  readonly isBumped: boolean;
}

/**
 * Compares the database's identity (system identifier and timeline) with the one that granted the
 * epochs it holds. After a failover or a restore they differ: grants may have been lost, so the
 * generation grows and every later epoch with it. Called before a balancer-worker grants anything.
 */
export function guardGeneration(runner: TransactionRunner): Promise<GenerationCheck> {
  return runner.run('generation', { onUnknownCommit: 'repeat' }, async (sql) => {
    const rows = await sql.query<{ generation: number; isSame: boolean }>(
      `select k.generation, k.system_identifier = s.system_identifier::text
         and k.timeline_id = c.timeline_id as "isSame"
       from cluster_state k, pg_control_system() s, pg_control_checkpoint() c
       for update of k`,
    );
    const state = rows[0];
    if (!state) throw new Error('cluster_state has no row: run migrate');
    if (state.isSame) return { generation: state.generation, isBumped: false };
    await sql.query(
      `update cluster_state set generation = generation + 1,
         system_identifier = s.system_identifier::text, timeline_id = c.timeline_id
       from pg_control_system() s, pg_control_checkpoint() c`,
    );
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
