import type { InstanceStatus } from '@weir/domain';
import type { SqlSession } from '../connection/sql-session';
import type { TransactionRunner } from '../resilience/transaction-runner';
import { ACTUAL_COUNTS } from './assignment-count.sql';
import { readStuck } from './stuck.sql';
import type { StuckPicture, StuckRule } from './stuck.sql';

/** What an instance holds, as counted in one of two ways. */
export interface HoldingCount {
  /** Assignments of any status. */
  readonly held: number;
  /** Those that it should run: starting and running. */
  readonly run: number;
  /** Digest of those, 16 hex digits. */
  readonly digest: string;
  /** Newest revision among them; the counters may know a newer one, of a stream that is gone. */
  readonly changedRevision: number;
}

export interface LeasePicture {
  readonly incarnation: number;
  readonly isFenced: boolean;
  /** How long ago it ran out by the database's clock, in ms; negative while it holds. */
  readonly overdueMs: number;
  readonly grantedTtlMs: number;
  readonly renewals: number;
  readonly seenRevision: number;
  /** What the instance itself said with its latest heartbeat. */
  readonly reported: { readonly count: number; readonly digest: string };
  /** Null before the first heartbeat of an incarnation. */
  readonly heartbeatAgeMs: number | null;
}

export interface InstancePicture {
  readonly serverId: string;
  /** Null: there are counters or assignments, but no such instance. */
  readonly status: InstanceStatus | null;
  readonly maxStreams: number;
  readonly lease: LeasePicture | null;
  /** What instance_counters says. */
  readonly counted: HoldingCount;
  /** What the assignments say. */
  readonly actual: HoldingCount;
}

/** A stream that should run and has had no owner for too long. */
export interface OwnerlessStream {
  readonly streamId: string;
  readonly epoch: number;
  /** How long anybody could have placed it, in ms. */
  readonly ownerlessMs: number;
  /** What the balancer-worker stored when it could not place it; null: it said nothing. */
  readonly unplacedReasons: Readonly<Record<string, number>> | null;
}

/** Everything that the checks look at, from one consistent read. */
export interface ConsistencyPicture extends StuckPicture {
  readonly revision: number;
  readonly streamsChecked: number;
  readonly instances: readonly InstancePicture[];
  /** At most the limit asked for; those without reasons first. */
  readonly ownerless: readonly OwnerlessStream[];
  readonly ownerlessCount: number;
  /** How many of all ownerless streams have reasons. */
  readonly ownerlessExplainedCount: number;
}

/**
 * Reads what the checks need in one snapshot, so that changes of ownership that happen meanwhile
 * are seen whole or not at all.
 * @param rule `ownerlessAfterMs`: from when on a stream without an owner counts; `stuck`: from when
 * on stops and moves do.
 */
export function readConsistencyPicture(
  runner: TransactionRunner,
  fleetId: number,
  rule: {
    readonly ownerlessAfterMs: number;
    readonly ownerlessMax: number;
    readonly stuck: StuckRule;
  },
): Promise<ConsistencyPicture> {
  const options = {
    isolation: 'repeatable read',
    readOnly: true,
    onUnknownCommit: 'repeat',
  } as const;
  return runner.run('consistency-picture', options, async (sql) => {
    const [totals] = await sql.query<{ revision: number; streams: number }>(TOTALS, [fleetId]);
    const instances = await sql.query<InstancePicture>(INSTANCES, [fleetId]);
    const ownerless = await readOwnerless(sql, fleetId, rule);
    return {
      revision: totals?.revision ?? 0,
      streamsChecked: totals?.streams ?? 0,
      instances,
      ...ownerless,
      ...(await readStuck(sql, fleetId, rule.stuck)),
    };
  });
}

const TOTALS = `
select (select revision from fleet_revisions where fleet_id = $1) as revision,
  (select count(*) from streams where fleet_id = $1 and deleted_at is null) as streams`;

/** Every name that has an instance, counters or assignments: a wrong row may lack its partner. */
const INSTANCES = `
with ${ACTUAL_COUNTS}, named as (
  select server_id from instances where fleet_id = $1
  union select server_id from instance_counters where fleet_id = $1
  union select server_id from actual
)
select n.server_id as "serverId", i.status, coalesce(i.max_streams, 0) as "maxStreams",
  json_build_object('held', coalesce(c.held_count, 0), 'run', coalesce(c.run_count, 0),
    'digest', lpad(to_hex(coalesce(c.run_digest, 0)), 16, '0'),
    'changedRevision', coalesce(c.changed_revision, 0)) as counted,
  json_build_object('held', coalesce(a.held, 0), 'run', coalesce(a.run, 0),
    'digest', lpad(to_hex(coalesce(a.digest, 0)), 16, '0'),
    'changedRevision', coalesce(a.revision, 0)) as actual,
  case when l.server_id is not null then json_build_object(
    'incarnation', l.incarnation, 'isFenced', l.fenced,
    'overdueMs', extract(epoch from weir_now() - l.lease_expires_at) * 1000,
    'grantedTtlMs', l.granted_ttl_ms, 'renewals', l.renewals, 'seenRevision', l.seen_revision,
    'reported', json_build_object('count', l.running_count, 'digest', l.running_digest),
    'heartbeatAgeMs', extract(epoch from weir_now() - l.last_heartbeat) * 1000) end as lease
from named n
left join instances i on i.fleet_id = $1 and i.server_id = n.server_id
left join instance_leases l on l.fleet_id = $1 and l.server_id = n.server_id
left join instance_counters c on c.fleet_id = $1 and c.server_id = n.server_id
left join actual a on a.server_id = n.server_id
order by n.server_id`;

/**
 * A stream counts from the last moment at which it was not yet to be placed: it lost its owner,
 * had to wait, rested, or was defined (perhaps enabled) then. One that rests for good (parked or
 * isolated) never counts: the health of the system tells of it.
 */
const OWNERLESS = `
select a.stream_id::text as "streamId", a.epoch, a.unplaced_reasons as "unplacedReasons",
  extract(epoch from weir_now()
    - greatest(a.unassigned_since, a.not_before, a.rest_until, s.updated_at))
    ::double precision * 1000 as "ownerlessMs",
  count(*) over ()::integer as total, count(a.unplaced_reasons) over ()::integer as explained
from assignments a
join streams s on s.fleet_id = a.fleet_id and s.stream_id = a.stream_id
where a.fleet_id = $1 and a.status = 'unassigned' and s.enabled and s.deleted_at is null
  and greatest(a.unassigned_since, a.not_before, a.rest_until, s.updated_at)
    <= weir_now() - $2 * interval '1 millisecond'
order by a.unplaced_reasons is not null, a.stream_id
limit $3`;

interface OwnerlessRow extends OwnerlessStream {
  readonly total: number;
  readonly explained: number;
}

async function readOwnerless(
  sql: SqlSession,
  fleetId: number,
  rule: { readonly ownerlessAfterMs: number; readonly ownerlessMax: number },
): Promise<Pick<ConsistencyPicture, 'ownerless' | 'ownerlessCount' | 'ownerlessExplainedCount'>> {
  const rows = await sql.query<OwnerlessRow>(OWNERLESS, [
    fleetId,
    rule.ownerlessAfterMs,
    rule.ownerlessMax,
  ]);
  return {
    ownerless: rows.map(({ total: _total, explained: _explained, ...row }) => row),
    ownerlessCount: rows[0]?.total ?? 0,
    ownerlessExplainedCount: rows[0]?.explained ?? 0,
  };
}
