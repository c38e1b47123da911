import type {
  AssignmentStatus,
  InstanceCapacity,
  InstanceMetrics,
  InstanceStatus,
  Labels,
  StreamResources,
} from '@weir/domain';
import { LEASE_OVERDUE_SHARE } from '@weir/domain';
import type { SqlSession } from '../connection/sql-session';
import type { TransactionRunner } from '../resilience/transaction-runner';
import { IS_MOVE_DUE } from './move.advance';
import { findLiveRebalance } from './rebalance.repository';
import type { LiveRebalance } from './rebalance.repository';

/**
 * One stream with its assignment, as the planner's snapshot needs it. Times in ms of the database's
 * clock.
 */
export interface StreamRow {
  readonly streamId: string;
  readonly weight: number;
  /** Null when it names none, as nearly all do. */
  readonly resources: StreamResources | null;
  readonly moveCost: number;
  readonly priority: number;
  readonly exclusive: boolean;
  readonly requires: Labels;
  readonly avoid: Labels;
  readonly spreadGroup: string | null;
  /** Enabled and not deleted. */
  readonly isWanted: boolean;
  readonly serverId: string | null;
  /** Whom it was taken from because it was lost, until the next grant. */
  readonly lostOwner: string | null;
  readonly epoch: number;
  readonly status: AssignmentStatus;
  readonly revision: number;
  /** Nobody may start it earlier, or nobody should; Infinity: until an operator says so. */
  readonly notBeforeMs: number | null;
  readonly assignedAtMs: number | null;
  readonly lastMovedAtMs: number | null;
  readonly failedOn: readonly string[];
  readonly isUnplacedKnown: boolean;
}

export interface InstanceRow {
  readonly serverId: string;
  readonly incarnation: number;
  readonly status: InstanceStatus;
  readonly maxStreams: number;
  readonly capacity: InstanceCapacity;
  readonly zone: string | null;
  readonly labels: Labels;
  readonly metrics: InstanceMetrics;
  readonly heldStreams: number;
  /** It came back too often and is given nothing new now. */
  readonly isFlapping?: boolean;
  /** Most of its lease went by without a renewal: it may be dead already. */
  readonly isOverdue: boolean;
}

export interface LiveMoveRow {
  readonly moveId: number;
  readonly streamId: string;
  readonly fromServerId: string;
  readonly toServerId: string;
  readonly state: 'preparing' | 'stopping' | 'starting';
  /** Break before make: the source stops before the target starts. */
  readonly exclusive: boolean;
  /** It waits for nobody any more, or has waited long enough: `advanceMoves`. */
  readonly isDue: boolean;
}

/** An instance that still has to stop a stream which no move takes there any more. */
export interface LeftoverRow {
  readonly streamId: string;
  readonly serverId: string;
}

export interface LoadRow {
  readonly streamId: string;
  readonly load: number;
}

/** What changed in a fleet since a revision, all from one consistent read. */
export interface FleetDelta {
  readonly revision: number;
  /** The database's clock at the read, in ms since 1970. */
  readonly databaseNowMs: number;
  readonly instances: readonly InstanceRow[];
  /** Streams whose assignment or definition changed after `sinceRevision`. */
  readonly streams: readonly StreamRow[];
  readonly moves: readonly LiveMoveRow[];
  /** Room that is taken until somebody confirms a stop, beside owners and moves under way. */
  readonly leftovers: readonly LeftoverRow[];
  /** The rebalance that is not over; undefined: there is none. */
  readonly rebalance?: LiveRebalance | undefined;
  /** Measured loads reported since `loadsSinceMs`. */
  readonly loads: readonly LoadRow[];
}

/**
 * Reads what the planner needs and has not seen. Each change of an assignment or of a stream's
 * definition carries a revision given under the fleet's lock, so `sinceRevision` misses nothing.
 * @param since `revision` -1 reads everything; `loadsSinceMs` is a `databaseNowMs` of before.
 */
export function readFleetDelta(
  runner: TransactionRunner,
  fleetId: number,
  since: { readonly revision: number; readonly loadsSinceMs: number },
): Promise<FleetDelta> {
  const options = {
    isolation: 'repeatable read',
    readOnly: true,
    onUnknownCommit: 'repeat',
  } as const;
  return runner.run('snapshot', options, async (sql) => {
    const head = await sql.query<{ revision: number; databaseNowMs: number }>(
      `select revision, extract(epoch from weir_now())::double precision * 1000 as "databaseNowMs"
       from fleet_revisions where fleet_id = $1`,
      [fleetId],
    );
    return {
      revision: head[0]?.revision ?? 0,
      databaseNowMs: head[0]?.databaseNowMs ?? 0,
      instances: await readInstances(sql, fleetId),
      streams: await sql.query<StreamRow>(STREAMS, [fleetId, since.revision]),
      moves: await readMoves(sql, fleetId),
      rebalance: await findLiveRebalance(sql, fleetId),
      leftovers: await sql.query<LeftoverRow>(LEFTOVERS, [fleetId]),
      loads: await sql.query<LoadRow>(LOADS, [fleetId, since.loadsSinceMs]),
    };
  });
}

function readInstances(sql: SqlSession, fleetId: number): Promise<InstanceRow[]> {
  return sql.query<InstanceRow>(
    `select i.server_id as "serverId", i.incarnation, i.status, i.max_streams as "maxStreams", i.capacity, i.zone,
       i.labels, coalesce(l.metrics, '{}') as metrics, coalesce(c.held_count, 0) as "heldStreams",
       coalesce(i.flapping_until > weir_now(), false) as "isFlapping",
       coalesce(l.lease_expires_at - weir_now()
         < $2::double precision * l.granted_ttl_ms * interval '1 millisecond', false) as "isOverdue"
     from instances i
     left join instance_leases l using (fleet_id, server_id)
     left join instance_counters c using (fleet_id, server_id)
     where i.fleet_id = $1 and i.status <> 'left'
       and (i.status <> 'lost' or c.held_count > 0) order by i.server_id`,
    [fleetId, 1 - LEASE_OVERDUE_SHARE],
  );
}

function readMoves(sql: SqlSession, fleetId: number): Promise<LiveMoveRow[]> {
  return sql.query<LiveMoveRow>(
    `select m.move_id as "moveId", m.stream_id::text as "streamId",
       m.from_server_id as "fromServerId", m.to_server_id as "toServerId", m.state, m.exclusive,
       ${IS_MOVE_DUE} as "isDue"
     from moves m join assignments a on a.fleet_id = m.fleet_id and a.stream_id = m.stream_id
     where m.fleet_id = $1 and m.state in ('preparing', 'stopping', 'starting')
     order by m.move_id`,
    [fleetId],
  );
}

const LEFTOVERS = `
select e.stream_id::text as "streamId", e.server_id as "serverId"
from move_ends e left join moves m on m.fleet_id = e.fleet_id and m.move_id = e.move_id
  and m.state in ('preparing', 'stopping', 'starting')
where e.fleet_id = $1 and m.move_id is null
order by e.stream_id, e.server_id`;

const STREAMS = `
select a.stream_id::text as "streamId", s.weight,
  nullif(s.resources, '{}') as resources, s.move_cost as "moveCost",
  s.priority, s.exclusive, s.requires, s.avoid,
  s.spread_group as "spreadGroup", s.enabled and s.deleted_at is null as "isWanted",
  a.server_id as "serverId", a.lost_owner as "lostOwner", a.epoch, a.status, a.revision,
  extract(epoch from greatest(a.not_before, a.rest_until))::double precision * 1000
    as "notBeforeMs",
  extract(epoch from a.assigned_at)::double precision * 1000 as "assignedAtMs",
  extract(epoch from a.last_moved_at)::double precision * 1000 as "lastMovedAtMs",
  a.failed_on as "failedOn", a.unplaced_reasons is not null as "isUnplacedKnown"
from assignments a join streams s on s.fleet_id = a.fleet_id and s.stream_id = a.stream_id
where a.fleet_id = $1 and a.revision > $2`;

const LOADS = `
select r.stream_id::text as "streamId", r.load
from stream_reports r
where r.fleet_id = $1 and r.load is not null
  and r.reported_at > to_timestamp($2::double precision / 1000)`;
