import { changeOwnership } from '../ownership/ownership.transaction';
import type { TransactionRunner } from '../resilience/transaction-runner';

/** An instance that was seen to run something else than it should. */
export interface ResyncCandidate {
  readonly serverId: string;
  readonly incarnation: number;
}

interface RequestedRow {
  readonly serverId: string;
  readonly wasRequested: boolean;
}

/**
 * Marks instances whose latest report still differs from their counters: the answer to their next
 * heartbeat asks them for a resync. The mark goes with the first heartbeat that agrees.
 * @returns the instances that are marked now.
 */
export function requestResync(
  runner: TransactionRunner,
  fleetId: number,
  candidates: readonly ResyncCandidate[],
): Promise<string[]> {
  return changeOwnership(runner, fleetId, 'request-resync', async (change) => {
    const requested = await change.sql.query<RequestedRow>(REQUEST, [
      fleetId,
      candidates.map(({ serverId }) => serverId),
      candidates.map(({ incarnation }) => incarnation),
    ]);
    for (const { serverId, wasRequested } of requested) {
      if (wasRequested) continue;
      change.record({
        kind: 'finding.repaired',
        severity: 'WARNING',
        serverId,
        message: `${serverId} runs something else than it should and is asked for a resync`,
        detail: { finding: 'running-but-not-assigned', repair: 'request-resync' },
      });
    }
    return requested.map(({ serverId }) => serverId);
  });
}

/** The lease rows are locked in order of server_id, as everywhere. */
const REQUEST = `
with differing as (
  select l.server_id, l.mismatched
  from instance_leases l
  join unnest($2::text[], $3::bigint[]) as w (server_id, incarnation)
    on w.server_id = l.server_id and w.incarnation = l.incarnation
  left join instance_counters c on c.fleet_id = l.fleet_id and c.server_id = l.server_id
  where l.fleet_id = $1 and not l.fenced and l.last_heartbeat is not null
    and l.seen_revision >= coalesce(c.changed_revision, 0)
    and (l.running_count, l.running_digest) is distinct from
      (coalesce(c.run_count, 0), lpad(to_hex(coalesce(c.run_digest, 0)), 16, '0'))
  order by l.server_id
  for update of l
)
update instance_leases l set mismatched = true
from differing d
where l.fleet_id = $1 and l.server_id = d.server_id
returning l.server_id as "serverId", d.mismatched as "wasRequested"`;
