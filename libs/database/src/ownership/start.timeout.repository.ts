import type { FleetSettings } from '@weir/domain';
import type { TransactionRunner } from '../resilience/transaction-runner';
import { recordFailures } from './failure.repository';
import { changeOwnership } from './ownership.transaction';

/** Streams told to stop in one round; the rest follows. */
const PER_ROUND = 1_000;

interface OverdueStart {
  readonly streamId: string;
  readonly serverId: string;
  readonly incarnation: number;
}

/**
 * Streams that were granted longer ago than `startTimeoutMs`, by an instance that was heard of
 * since and has not said that it runs them. Those that are being moved have time limits of their
 * own. One that waits for the end of somebody else's lease is given its time from then on.
 */
const OVERDUE = `
select a.stream_id::text as "streamId", a.server_id as "serverId", a.incarnation
from assignments a
join instance_leases l on l.fleet_id = a.fleet_id and l.server_id = a.server_id
  and l.incarnation = a.incarnation and not l.fenced
where a.fleet_id = $1 and a.status = 'starting'
  and a.assigned_at <= (select weir_now() - $2 * interval '1 millisecond')
  and l.last_heartbeat >= greatest(a.assigned_at, a.not_before) + $2 * interval '1 millisecond'
  and not exists (select 1 from moves m where m.fleet_id = a.fleet_id
    and m.stream_id = a.stream_id and m.state in ('preparing', 'stopping', 'starting'))
order by a.assigned_at limit ${PER_ROUND}`;

/**
 * Takes a start that hangs for a failure of the instance: it is told to stop the stream, which goes
 * elsewhere once it confirms. Nothing is written while there is none.
 * @returns how many there were.
 */
export async function failOverdueStarts(
  runner: TransactionRunner,
  fleetId: number,
  settings: FleetSettings,
): Promise<number> {
  const key = [fleetId, settings.startTimeoutMs];
  const seen = await runner.query(OVERDUE, key);
  if (seen.length === 0) return 0;
  return changeOwnership(runner, fleetId, 'start-timeout', async (change) => {
    const overdue = await change.sql.query<OverdueStart>(OVERDUE, key);
    if (overdue.length === 0) return 0;
    const seconds = Math.round(settings.startTimeoutMs / 1_000);
    await recordFailures(
      change,
      overdue.map((start) => ({
        ...start,
        cause: 'start-timeout',
        error: `it was granted ${seconds} s ago and is still not said to run`,
      })),
      settings,
    );
    await change.sql.query(
      `update assignments set status = 'stopping', revision = $2,
         stopping_since = weir_now()
       where fleet_id = $1 and stream_id = any($3::bigint[]) and status = 'starting'`,
      [fleetId, change.revision, overdue.map(({ streamId }) => streamId)],
    );
    for (const { serverId } of overdue) change.touch(serverId);
    change.hasWork = true;
    return overdue.length;
  });
}
