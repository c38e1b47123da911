import type { OwnershipChange } from './ownership.transaction';

/** A stream to be given to an instance, if it still has no owner and this epoch. */
export interface Grant {
  readonly streamId: string;
  readonly serverId: string;
  /** The epoch that the decision was based on. */
  readonly expectedEpoch: number;
  /**
   * The incarnation whose capacity and labels the decision was based on; undefined: any. The grant
   * goes to the one that is there.
   */
  readonly expectedIncarnation?: number;
}

export interface Granted {
  readonly streamId: string;
  readonly serverId: string;
  readonly epoch: number;
  /** Whom the stream was taken from because that instance was lost; null: it was free otherwise. */
  readonly lostOwner: string | null;
}

/**
 * Gives streams that have no owner to instances, each under a higher epoch. A grant is dropped (not
 * in the answer) when the stream has an owner or another epoch by now, must not start yet, rests,
 * is disabled, or when the instance is not ready, flaps, holds no lease, is another incarnation
 * than the decision was based on, or has no room: what it holds and the ends of moves there count,
 * except an end of the stream itself, which the grant replaces. While the database is in quarantine
 * no exclusive stream is granted: owners that it does not know of may still run them.
 */
export async function grantStreams(
  change: OwnershipChange,
  grants: readonly Grant[],
): Promise<Granted[]> {
  if (grants.length === 0) return [];
  const granted = await change.sql.query<Granted>(GRANT, [
    change.fleetId,
    change.revision,
    change.generation,
    grants.map((grant) => grant.streamId),
    grants.map((grant) => grant.serverId),
    grants.map((grant) => grant.expectedEpoch),
    change.quarantineUntil,
    grants.map((grant) => grant.expectedIncarnation ?? null),
  ]);
  for (const grant of granted) change.touch(grant.serverId);
  return granted;
}

const GRANT = `
with wanted as (
  select * from unnest($4::bigint[], $5::text[], $6::bigint[], $8::bigint[])
    with ordinality as w (stream_id, server_id, epoch, incarnation, position)
), candidate as (
  select w.*, s.autonomy_ms, a.lost_owner, m.move_id is not null as is_move,
    e.stream_id is not null as has_end,
    row_number() over (partition by w.server_id, e.stream_id is not null order by w.position)
      as rank
  from wanted w
  join assignments a on a.fleet_id = $1 and a.stream_id = w.stream_id
    and a.server_id is null and a.epoch = w.epoch
    and (a.not_before is null or a.not_before <= weir_now())
    and (a.rest_until is null or a.rest_until <= weir_now())
  join streams s on s.fleet_id = $1 and s.stream_id = w.stream_id
    and s.enabled and s.deleted_at is null
    and (not s.exclusive or $7::timestamptz is null or $7::timestamptz <= weir_now())
  left join moves m on m.fleet_id = $1 and m.stream_id = w.stream_id
    and m.state in ('preparing', 'stopping') and m.to_server_id = w.server_id
  left join move_ends e on e.fleet_id = $1 and e.stream_id = w.stream_id
    and e.server_id = w.server_id
), target as (
  select i.server_id, i.incarnation, i.max_streams - c.held_count as free
  from instances i
  join instance_leases l on l.fleet_id = i.fleet_id and l.server_id = i.server_id
    and l.incarnation = i.incarnation and not l.fenced and l.lease_expires_at > weir_now()
  join instance_counters c on c.fleet_id = i.fleet_id and c.server_id = i.server_id
  where i.fleet_id = $1 and i.status = 'ready' and i.server_id in (select server_id from wanted)
    and (i.flapping_until is null or i.flapping_until <= weir_now())
)
update assignments a set
  server_id = t.server_id, incarnation = t.incarnation,
  epoch = weir_next_epoch(greatest(a.epoch, a.reserved_epoch), $3), status = 'starting',
  revision = $2, autonomy_ms = w.autonomy_ms, not_before = null, assigned_at = weir_now(),
  unassigned_since = null, unplaced_reasons = null, lost_owner = null, stopping_since = null,
  running_since = null,
  last_moved_at = case when w.is_move then weir_now() else a.last_moved_at end
from candidate w join target t on t.server_id = w.server_id
  and t.incarnation = coalesce(w.incarnation, t.incarnation)
where a.fleet_id = $1 and a.stream_id = w.stream_id
  and a.server_id is null and a.epoch = w.epoch
  and (w.has_end or w.rank <= t.free)
returning a.stream_id::text as "streamId", a.server_id as "serverId", a.epoch,
  w.lost_owner as "lostOwner"`;
