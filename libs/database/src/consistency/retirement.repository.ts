import type { FleetRecord } from '../ownership/fleet.repository';
import { handOver, settleMovesOf } from '../ownership/handoff';
import { dropEndsOf } from '../ownership/move.ends';
import { changeOwnership } from '../ownership/ownership.transaction';
import type { OwnershipChange } from '../ownership/ownership.transaction';
import type { TransactionRunner } from '../resilience/transaction-runner';

/** Instances forgotten by one transaction; the rest goes the next time. */
const PER_TRANSACTION = 500;

interface RetiredRow {
  readonly serverId: string;
  readonly incarnation: number;
  readonly status: 'lost' | 'left';
}

/** Lost or gone for `retireAfterMs`, and nothing of the fleet's present names them. */
const RETIRABLE = `
i.fleet_id = $1 and i.status in ('lost', 'left')
  and i.updated_at < weir_now() - $2 * interval '1 millisecond'
  and not exists (select 1 from assignments a
    where a.fleet_id = i.fleet_id and a.server_id = i.server_id)
  and not exists (select 1 from moves m
    where m.fleet_id = i.fleet_id and m.state not in ('done', 'aborted', 'cancelled')
      and i.server_id in (m.from_server_id, m.to_server_id))`;

/**
 * Forgets instances that were lost, or left, `retireAfterMs` ago: their rows go, their history
 * stays. An incarnation that comes back all the same is refused as unknown, and whoever registers
 * under such a name begins above every incarnation that was ever forgotten.
 * @returns how many were forgotten; a bounded number at a time.
 */
export async function retireInstances(
  runner: TransactionRunner,
  { fleetId, settings }: Pick<FleetRecord, 'fleetId' | 'settings'>,
): Promise<number> {
  const key = [fleetId, settings.retireAfterMs];
  const seen = await runner.query(`select 1 from instances i where ${RETIRABLE} limit 1`, key);
  if (seen.length === 0) return 0;
  return changeOwnership(runner, fleetId, 'retire', async (change) => {
    const retired = await change.sql.query<RetiredRow>(
      `select i.server_id as "serverId", i.incarnation, i.status from instances i
       where ${RETIRABLE} order by i.server_id limit ${PER_TRANSACTION} for update`,
      key,
    );
    await forget(change, retired);
    for (const { serverId, incarnation, status } of retired) {
      change.record({
        kind: 'instance.retired',
        serverId,
        message: `is forgotten: it ${status === 'lost' ? 'was lost' : 'left'} long ago`,
        detail: { incarnation, status },
      });
    }
    return retired.length;
  });
}

/** Leases first: a heartbeat that waits for one finds nothing afterwards. */
async function forget(change: OwnershipChange, retired: readonly RetiredRow[]): Promise<void> {
  const { sql, fleetId } = change;
  const serverIds = retired.map(({ serverId }) => serverId);
  for (const table of ['instance_leases', 'instance_counters', 'instances']) {
    await sql.query(`delete from ${table} where fleet_id = $1 and server_id = any($2)`, [
      fleetId,
      serverIds,
    ]);
  }
  const highest = Math.max(0, ...retired.map(({ incarnation }) => incarnation));
  await sql.query(
    `update fleet_revisions set incarnation_floor = greatest(incarnation_floor, $2)
     where fleet_id = $1`,
    [fleetId, highest],
  );
}

/**
 * Frees streams of instances that are not there any more, where a row still says that they own
 * them. Nobody starts an exclusive one before the longest lease that may have been promised is
 * over. What is right by now is left alone.
 * @returns how many streams were freed, by instance.
 */
export function releaseRetired(
  runner: TransactionRunner,
  { fleetId, settings }: Pick<FleetRecord, 'fleetId' | 'settings'>,
  serverIds: readonly string[],
): Promise<Map<string, number>> {
  return changeOwnership(runner, fleetId, 'release-retired', async (change) => {
    const gone = await listGone(change, serverIds);
    await dropEndsOf(change, gone);
    const rows = await change.sql.query<{ streamId: string; serverId: string }>(RELEASE, [
      fleetId,
      change.revision,
      serverIds,
      settings.leaseTtlMs,
    ]);
    await handOver(
      change,
      rows.map(({ streamId }) => streamId),
    );
    await settleMovesOf(change, gone, 'the target is not there any more');
    const counts = new Map<string, number>();
    for (const { serverId } of rows) counts.set(serverId, (counts.get(serverId) ?? 0) + 1);
    for (const [serverId, count] of counts) {
      change.hasWork = true;
      change.record({
        kind: 'finding.repaired',
        severity: 'WARNING',
        serverId,
        message: `is not there any more and still owned ${count} streams: they are placed anew`,
        detail: { finding: 'assignment-to-retired-instance', repair: 'release', count },
      });
    }
    return counts;
  });
}

/** Unknown, or over for good: nothing of theirs can still be acknowledged. */
async function listGone(change: OwnershipChange, serverIds: readonly string[]): Promise<string[]> {
  const rows = await change.sql.query<{ serverId: string }>(
    `select n.server_id as "serverId" from unnest($2::text[]) as n (server_id)
     left join instances i on i.fleet_id = $1 and i.server_id = n.server_id
     left join instance_leases l on l.fleet_id = $1 and l.server_id = n.server_id
     where (i.server_id is null or i.status in ('lost', 'left')) and coalesce(l.fenced, true)`,
    [change.fleetId, serverIds],
  );
  return rows.map(({ serverId }) => serverId);
}

const RELEASE = `
with owned as (
  select a.stream_id, a.server_id, s.exclusive,
    coalesce(l.lease_expires_at, weir_now() + $4 * interval '1 millisecond')
      + greatest(s.autonomy_ms, a.autonomy_ms) * interval '1 millisecond' as free_at
  from assignments a
  join streams s on s.fleet_id = a.fleet_id and s.stream_id = a.stream_id
  left join instances i on i.fleet_id = a.fleet_id and i.server_id = a.server_id
  left join instance_leases l on l.fleet_id = a.fleet_id and l.server_id = a.server_id
  where a.fleet_id = $1 and a.server_id = any($3)
    and (i.server_id is null or i.status in ('lost', 'left')) and coalesce(l.fenced, true)
)
update assignments a set
  server_id = null, incarnation = null, status = 'unassigned', revision = $2,
  unassigned_since = weir_now(),
  not_before = case when o.exclusive then greatest(a.not_before, o.free_at) else a.not_before end
from owned o where a.fleet_id = $1 and a.stream_id = o.stream_id
returning a.stream_id::text as "streamId", o.server_id as "serverId"`;
