import { DEFAULT_FLEET_SETTINGS } from '@weir/domain';
import type { FleetSettings, InstanceMetrics, InstanceStatus } from '@weir/domain';
import type { SqlSession } from '../connection/sql-session';

/** An instance that is in the fleet: neither lost nor gone. */
export interface InstanceFigures {
  readonly serverId: string;
  readonly status: InstanceStatus;
  readonly heldStreams: number;
  readonly maxStreams: number;
  readonly metrics: InstanceMetrics;
  /** Since its latest heartbeat (or its registration), in ms of the database's clock. */
  readonly heartbeatAgeMs: number;
  /** Whether its lease holds by the database's clock. */
  readonly isLeaseLive: boolean;
}

/** One fleet in figures. Ages in ms of the database's clock. */
export interface FleetFigures {
  readonly fleet: string;
  readonly ageMs: number;
  readonly settings: FleetSettings;
  /** Streams that are wanted. */
  readonly streams: number;
  /** Streams that have an owner. */
  readonly assignedStreams: number;
  /** Wanted streams that no instance can take, as the balancer-worker said. */
  readonly unplacedStreams: number;
  /** Wanted streams that wait because they failed too often. */
  readonly parkedStreams: number;
  /** Wanted streams that wait because their instances died. */
  readonly isolatedStreams: number;
  /** Instances that are given nothing new because they came back too often; names, bounded. */
  readonly flapping: readonly string[];
  /** Every instance that did not leave. */
  readonly instances: number;
  /** Those that were taken over in the last ten minutes and did not come back. */
  readonly lostRecently: number;
  /** Those that are in the fleet. */
  readonly present: readonly InstanceFigures[];
  readonly overdueMoves: number;
  /** The latest verification that ended well; null when there was none. */
  readonly report: {
    readonly score: number;
    readonly ageMs: number;
    readonly findings: number;
  } | null;
}

interface FleetRow extends Omit<FleetFigures, 'settings' | 'present'> {
  readonly settings: Partial<FleetSettings>;
  readonly present: readonly InstanceFigures[] | null;
}

/** Every fleet in figures, by name; one statement. */
export async function readFleetFigures(sql: SqlSession): Promise<FleetFigures[]> {
  const rows = await sql.query<FleetRow>(FIGURES);
  return rows.map((row) => ({
    ...row,
    settings: { ...DEFAULT_FLEET_SETTINGS, ...row.settings },
    present: row.present ?? [],
  }));
}

const PRESENT = `
select json_agg(json_build_object('serverId', i.server_id, 'status', i.status,
    'heldStreams', coalesce(c.held_count, 0), 'maxStreams', i.max_streams, 'metrics', l.metrics,
    'heartbeatAgeMs', extract(epoch from weir_now() - coalesce(l.last_heartbeat, i.registered_at))
      * 1000,
    'isLeaseLive', not l.fenced and l.lease_expires_at > weir_now()) order by i.server_id)
from instances i
join instance_leases l on l.fleet_id = i.fleet_id and l.server_id = i.server_id
left join instance_counters c on c.fleet_id = i.fleet_id and c.server_id = i.server_id
where i.fleet_id = f.fleet_id and i.status in ('ready', 'cordoned', 'draining')`;

const FIGURES = `
select f.name as fleet, f.settings,
  extract(epoch from weir_now() - f.created_at)::double precision * 1000 as "ageMs",
  (select count(*)::integer from streams s
    where s.fleet_id = f.fleet_id and s.enabled and s.deleted_at is null) as streams,
  (select count(*)::integer from assignments a
    where a.fleet_id = f.fleet_id and a.server_id is not null) as "assignedStreams",
  (select count(*)::integer from assignments a
    join streams s on s.fleet_id = a.fleet_id and s.stream_id = a.stream_id
    where a.fleet_id = f.fleet_id and a.status = 'unassigned' and a.unplaced_reasons is not null
      and s.enabled and s.deleted_at is null) as "unplacedStreams",
  coalesce(h.parked, 0) as "parkedStreams", coalesce(h.isolated, 0) as "isolatedStreams",
  (select coalesce(json_agg(i.server_id order by i.server_id), '[]') from (
    select server_id from instances where fleet_id = f.fleet_id
      and status in ('ready', 'cordoned', 'draining') and flapping_until > weir_now()
    order by server_id limit 100) i) as flapping,
  (select count(*)::integer from instances i
    where i.fleet_id = f.fleet_id and i.status <> 'left') as instances,
  (select count(*)::integer from instances i where i.fleet_id = f.fleet_id
    and i.status = 'lost' and i.updated_at > weir_now() - interval '10 minutes') as "lostRecently",
  (${PRESENT}) as present,
  (select count(*)::integer from moves m where m.fleet_id = f.fleet_id
    and m.state in ('preparing', 'stopping', 'starting') and m.deadline <= weir_now()) as "overdueMoves",
  (select json_build_object('score', r.score, 'findings', r.findings_count,
      'ageMs', extract(epoch from weir_now() - r.finished_at) * 1000)
    from consistency_reports r where r.fleet_id = f.fleet_id and r.state = 'done'
    order by r.created_at desc limit 1) as report
from fleets f
left join lateral (
  select (count(*) filter (where a.held_back = 'parked'))::integer as parked,
    (count(*) filter (where a.held_back in ('isolated', 'probation')))::integer as isolated
  from assignments a
  join streams s on s.fleet_id = a.fleet_id and s.stream_id = a.stream_id
  where a.fleet_id = f.fleet_id
    and (a.failures > 0 or a.held_back is not null or a.failed_on <> '{}')
    and a.server_id is null and s.enabled and s.deleted_at is null
) h on true
order by f.name`;
