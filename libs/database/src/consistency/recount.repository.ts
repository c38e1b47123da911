import { changeOwnership } from '../ownership/ownership.transaction';
import type { TransactionRunner } from '../resilience/transaction-runner';
import { ACTUAL_COUNTS } from './assignment-count.sql';

/** An instance whose counters were rewritten, and what they say now. */
export interface Recounted {
  readonly serverId: string;
  readonly held: number;
  readonly run: number;
  readonly digest: string;
}

/**
 * Rewrites counters from the assignments, under the fleet's lock: nothing changes owner meanwhile.
 * Counters that are right by now are left alone, so that repeating it changes nothing.
 * @returns those that were wrong.
 */
export function recountInstances(
  runner: TransactionRunner,
  fleetId: number,
  serverIds: readonly string[],
): Promise<Recounted[]> {
  return changeOwnership(runner, fleetId, 'recount', async (change) => {
    const recounted = await change.sql.query<Recounted>(RECOUNT, [
      fleetId,
      serverIds,
      change.revision,
    ]);
    for (const { serverId, ...now } of recounted) {
      change.touch(serverId);
      change.hasWork = true;
      change.record({
        kind: 'finding.repaired',
        severity: 'WARNING',
        serverId,
        message: `its counters were wrong and are counted anew: it holds ${now.held} streams`,
        detail: { finding: 'counter-drift', repair: 'recount', ...now },
      });
    }
    return recounted;
  });
}

/** changed_revision never falls below the truth, nor stays ahead of the fleet. */
const RECOUNT = `
with ${ACTUAL_COUNTS}, truth as (
  select n.server_id, coalesce(a.held, 0) as held, coalesce(a.run, 0) as run,
    coalesce(a.digest, 0) as digest, coalesce(a.revision, 0) as revision
  from unnest($2::text[]) as n (server_id) left join actual a on a.server_id = n.server_id
)
insert into instance_counters as c
  (fleet_id, server_id, held_count, run_count, run_digest, changed_revision)
select $1, server_id, held, run, digest, revision from truth order by server_id
on conflict (fleet_id, server_id) do update set
  held_count = excluded.held_count,
  run_count = excluded.run_count,
  run_digest = excluded.run_digest,
  changed_revision = least(greatest(c.changed_revision, excluded.changed_revision), $3::bigint)
where (c.held_count, c.run_count, c.run_digest)
    is distinct from (excluded.held_count, excluded.run_count, excluded.run_digest)
  or c.changed_revision < excluded.changed_revision or c.changed_revision >= $3
returning server_id as "serverId", held_count as held, run_count as run,
  lpad(to_hex(run_digest), 16, '0') as digest`;
