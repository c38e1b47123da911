import type { InstanceMetrics, InstanceStatus } from '@weir/domain';
import type { SqlSession } from '../connection/sql-session';
import type { TransactionRunner } from '../resilience/transaction-runner';

/** One heartbeat, as it is stored. */
export interface Renewal {
  readonly fleetId: number;
  readonly serverId: string;
  readonly incarnation: number;
  readonly seenRevision: number;
  readonly runningCount: number;
  readonly runningDigest: string;
  readonly metrics: InstanceMetrics | undefined;
  readonly leaseTtlMs: number;
}

/** What became of it. `fenced`: this incarnation is over. `unknown`: no such instance. */
export type RenewalResult =
  | { readonly kind: 'fenced' }
  | { readonly kind: 'unknown' }
  | {
      readonly kind: 'renewed';
      readonly status: InstanceStatus;
      /** The fleet's revision as of this renewal. */
      readonly revision: number;
      /** Newest revision at which an assignment of this instance changed. */
      readonly changedRevision: number;
      /** What the instance should be running at `revision`. */
      readonly expectedCount: number;
      readonly expectedDigest: string;
      /** consistency-checker saw it run something else: to be answered with a resync. */
      readonly isMismatched: boolean;
    };

interface RenewedRow {
  readonly position: number;
  readonly isKnown: boolean;
  readonly isRenewed: boolean;
  readonly status: InstanceStatus;
  readonly revision: number;
  readonly changedRevision: number;
  readonly expectedCount: number;
  readonly expectedDigest: string;
  readonly isMismatched: boolean;
}

/**
 * Extends the leases of many instances in one transaction. All rows are locked first, in order, and
 * the clock is read by a later statement: a wait for a lock never shortens a lease (E1 of the
 * reliability notes: even clock_timestamp() in the same statement is read before the wait).
 * An expired lease that nobody took over is renewed like any other.
 * @returns one result per renewal, in the order given.
 */
export function renewLeases(
  runner: TransactionRunner,
  renewals: readonly Renewal[],
): Promise<RenewalResult[]> {
  return runner.run('heartbeat', { onUnknownCommit: 'repeat' }, async (sql) => {
    const values = toColumns(renewals);
    await sql.query(LOCK, values.slice(0, 2));
    const rows = await sql.query<RenewedRow>(RENEW, values);
    return toResults(renewals.length, rows);
  });
}

const LOCK = `
select 1 from instance_leases l
where (l.fleet_id, l.server_id) in (select * from unnest($1::bigint[], $2::text[]))
order by l.fleet_id, l.server_id
for update`;

/**
 * Two heartbeats of one instance in one batch: each is answered, the last one is stored. A lease
 * never ends before one that was promised earlier (the fleet's leaseTtlMs may have been lowered).
 * A mark by consistency-checker goes with the first heartbeat that agrees with the counters.
 */
const RENEW = `
with beat as (
  select * from unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::integer[],
    $6::text[], $7::jsonb[], $8::bigint[])
    with ordinality as b (fleet_id, server_id, incarnation, seen_revision, running_count,
      running_digest, metrics, ttl_ms, position)
), last_beat as (
  select distinct on (fleet_id, server_id, incarnation) * from beat
  order by fleet_id, server_id, incarnation, position desc
), renewed as (
  update instance_leases l set
    lease_expires_at = greatest(
      weir_now() + b.ttl_ms * interval '1 millisecond',
      least(l.lease_expires_at, weir_now() + l.granted_ttl_ms * interval '1 millisecond')),
    granted_ttl_ms = case
      when l.lease_expires_at > weir_now() + b.ttl_ms * interval '1 millisecond'
      then greatest(b.ttl_ms, l.granted_ttl_ms) else b.ttl_ms end,
    last_heartbeat = weir_now(),
    renewals = l.renewals + 1,
    seen_revision = b.seen_revision,
    running_count = b.running_count,
    running_digest = b.running_digest,
    metrics = coalesce(b.metrics, l.metrics),
    mismatched = l.mismatched and (b.running_count, b.running_digest) is distinct from
      (coalesce(c.run_count, 0), lpad(to_hex(coalesce(c.run_digest, 0)), 16, '0'))
  from last_beat b
  left join instance_counters c on c.fleet_id = b.fleet_id and c.server_id = b.server_id
  where l.fleet_id = b.fleet_id and l.server_id = b.server_id
    and l.incarnation = b.incarnation and not l.fenced
  returning l.fleet_id, l.server_id, l.incarnation, l.mismatched
)
select b.position::integer - 1 as position,
  l.server_id is not null as "isKnown",
  r.server_id is not null as "isRenewed",
  i.status, f.revision,
  coalesce(c.changed_revision, 0) as "changedRevision",
  coalesce(c.run_count, 0) as "expectedCount",
  lpad(to_hex(coalesce(c.run_digest, 0)), 16, '0') as "expectedDigest",
  coalesce(r.mismatched, false) as "isMismatched"
from beat b
left join instance_leases l on l.fleet_id = b.fleet_id and l.server_id = b.server_id
left join renewed r
  on r.fleet_id = b.fleet_id and r.server_id = b.server_id and r.incarnation = b.incarnation
left join instances i on i.fleet_id = b.fleet_id and i.server_id = b.server_id
left join instance_counters c on c.fleet_id = b.fleet_id and c.server_id = b.server_id
left join fleet_revisions f on f.fleet_id = b.fleet_id`;

function toColumns(renewals: readonly Renewal[]): unknown[][] {
  return [
    renewals.map((renewal) => renewal.fleetId),
    renewals.map((renewal) => renewal.serverId),
    renewals.map((renewal) => renewal.incarnation),
    renewals.map((renewal) => renewal.seenRevision),
    renewals.map((renewal) => renewal.runningCount),
    renewals.map((renewal) => renewal.runningDigest),
    renewals.map((renewal) => (renewal.metrics ? JSON.stringify(renewal.metrics) : null)),
    renewals.map((renewal) => renewal.leaseTtlMs),
  ];
}

function toResults(count: number, rows: readonly RenewedRow[]): RenewalResult[] {
  const results: RenewalResult[] = Array.from({ length: count }, () => ({ kind: 'unknown' }));
  for (const row of rows) {
    if (row.isRenewed) results[row.position] = { kind: 'renewed', ...row };
    else if (row.isKnown) results[row.position] = { kind: 'fenced' };
  }
  return results;
}

/** One lease as balancer-worker watches it. */
export interface LeaseObservation {
  readonly serverId: string;
  readonly incarnation: number;
  /** Grows with each renewal: "did anything come?" needs no clock. */
  readonly renewals: number;
  /** Time left by the database's clock, in ms; negative when it ran out. */
  readonly remainingMs: number;
}

/** Every lease of the fleet that is not fenced. */
export function observeLeases(sql: SqlSession, fleetId: number): Promise<LeaseObservation[]> {
  return sql.query<LeaseObservation>(
    `select server_id as "serverId", incarnation, renewals,
       extract(epoch from lease_expires_at - weir_now())::double precision * 1000 as "remainingMs"
     from instance_leases where fleet_id = $1 and not fenced`,
    [fleetId],
  );
}

export type IncarnationState = 'live' | 'fenced' | 'unknown';

/**
 * Whether this incarnation may still act. Takes no lock, because takeovers happen under the fleet's
 * lock, and what is done without that lock also names the incarnation in its own condition.
 */
export async function checkIncarnation(
  sql: SqlSession,
  fleetId: number,
  serverId: string,
  incarnation: number,
): Promise<IncarnationState> {
  const rows = await sql.query<{ incarnation: number; fenced: boolean }>(
    `select incarnation, fenced from instance_leases
     where fleet_id = $1 and server_id = $2`,
    [fleetId, serverId],
  );
  const lease = rows[0];
  if (!lease) return 'unknown';
  return lease.incarnation === incarnation && !lease.fenced ? 'live' : 'fenced';
}
