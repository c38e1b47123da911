import type { SqlSession } from '../connection/sql-session';

/** A stream that a living instance was told to stop long ago and has not said that it did. */
export interface StuckStop {
  readonly streamId: string;
  readonly serverId: string;
  readonly incarnation: number;
  readonly epoch: number;
  /** Since it was told, in ms. */
  readonly stoppingMs: number;
  /** True: it owns the stream, which can run nowhere else until it stops. */
  readonly isOwner: boolean;
}

/** A move that is past its deadline, and nobody has ended it. */
export interface StuckMove {
  readonly moveId: string;
  readonly streamId: string;
  readonly fromServerId: string;
  readonly toServerId: string;
  readonly state: string;
  readonly overdueMs: number;
}

export interface StuckPicture {
  readonly stuckStops: readonly StuckStop[];
  readonly stuckMoves: readonly StuckMove[];
}

/** From when on something counts as stuck, in ms, and how many of each are listed. */
export interface StuckRule {
  readonly stopsAfterMs: number;
  readonly movesAfterMs: number;
  readonly listedMax: number;
}

/**
 * Stops that instances do not confirm although they renew their leases, and moves that no
 * balancer-worker goes on with. Parameters: fleet, ms, most listed.
 */
export async function readStuck(
  sql: SqlSession,
  fleetId: number,
  { stopsAfterMs, movesAfterMs, listedMax }: StuckRule,
): Promise<StuckPicture> {
  return {
    stuckStops: await sql.query<StuckStop>(STOPS, [fleetId, stopsAfterMs, listedMax]),
    stuckMoves: await sql.query<StuckMove>(MOVES, [fleetId, movesAfterMs, listedMax]),
  };
}

const STOPS = `
select x.stream_id::text as "streamId", x.server_id as "serverId", x.incarnation, x.epoch,
  extract(epoch from weir_now() - x.since)::double precision * 1000 as "stoppingMs",
  x.is_owner as "isOwner"
from (
  select a.stream_id, a.server_id, a.incarnation, a.epoch, a.stopping_since as since,
    true as is_owner
  from assignments a where a.fleet_id = $1 and a.status = 'stopping'
  union all
  select e.stream_id, e.server_id, e.incarnation, e.epoch, e.desired_since, false
  from move_ends e where e.fleet_id = $1 and e.desired = 'stop'
) x
join instance_leases l on l.fleet_id = $1 and l.server_id = x.server_id
  and l.incarnation = x.incarnation and not l.fenced and l.lease_expires_at > weir_now()
where x.since <= (select weir_now() - $2 * interval '1 millisecond')
order by x.since, x.stream_id limit $3`;

const MOVES = `
select m.move_id::text as "moveId", m.stream_id::text as "streamId",
  m.from_server_id as "fromServerId", m.to_server_id as "toServerId", m.state,
  extract(epoch from weir_now() - m.deadline)::double precision * 1000 as "overdueMs"
from moves m
where m.fleet_id = $1 and m.state in ('preparing', 'stopping', 'starting')
  and m.deadline <= (select weir_now() - $2 * interval '1 millisecond')
order by m.deadline limit $3`;
