import type { InstanceMetrics, InstanceStatus } from '@weir/domain';
import {
  ForeignDatabaseError,
  IS_SAME_DATABASE,
  inKnownGeneration,
} from '../connection/generation.guard';
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

interface LockedLease {
  readonly fleetId: number;
  readonly serverId: string;
  readonly incarnation: number;
  readonly fenced: boolean;
  readonly isSame: boolean;
}

type RenewedRow = { readonly fleetId: number; readonly serverId: string } & Omit<
  Extract<RenewalResult, { kind: 'renewed' }>,
  'kind'
>;

/**
 * Extends the leases of many instances in one transaction. All rows are locked first, in order, and
 * the clock is read by a later statement: a wait for a lock never shortens a lease, which even
 * clock_timestamp() in the statement that waits would do, because it is read before the wait.
 * An expired lease that nobody took over is renewed like any other. Of two heartbeats of one
 * instance in one batch each is answered and the last one is stored. In a database that is another
 * one than before, the generation is raised first: it may believe leases live that are not.
 * @returns one result per renewal, in the order given.
 */
export function renewLeases(
  runner: TransactionRunner,
  renewals: readonly Renewal[],
): Promise<RenewalResult[]> {
  return inKnownGeneration(runner, () => renewInKnownGeneration(runner, renewals));
}

function renewInKnownGeneration(
  runner: TransactionRunner,
  renewals: readonly Renewal[],
): Promise<RenewalResult[]> {
  return runner.run('heartbeat', { onUnknownCommit: 'repeat' }, async (sql) => {
    const locked = new Map<string, LockedLease>();
    for (const lease of await lockLeases(sql, renewals)) {
      if (!lease.isSame) throw new ForeignDatabaseError('the database was replaced');
      locked.set(keyOf(lease), lease);
    }
    const last = new Map<string, Renewal>();
    for (const renewal of renewals) {
      if (isLive(renewal, locked.get(keyOf(renewal)))) last.set(keyOf(renewal), renewal);
    }
    const renewed = new Map<string, RenewalResult>();
    for (const { fleetId, serverId, ...row } of await storeRenewals(sql, [...last.values()])) {
      renewed.set(keyOf({ fleetId, serverId }), { kind: 'renewed', ...row });
    }
    return renewals.map((renewal) => {
      const lease = locked.get(keyOf(renewal));
      if (!lease) return { kind: 'unknown' };
      return (isLive(renewal, lease) && renewed.get(keyOf(renewal))) || { kind: 'fenced' };
    });
  });
}

function keyOf(key: { readonly fleetId: number; readonly serverId: string }): string {
  return `${key.fleetId}/${key.serverId}`;
}

function isLive(renewal: Renewal, lease: LockedLease | undefined): boolean {
  return lease !== undefined && !lease.fenced && lease.incarnation === renewal.incarnation;
}

function lockLeases(sql: SqlSession, renewals: readonly Renewal[]): Promise<LockedLease[]> {
  const columns = [
    renewals.map(({ fleetId }) => fleetId),
    renewals.map(({ serverId }) => serverId),
  ];
  return sql.query<LockedLease>(LOCK, columns, 'lock-leases');
}

function storeRenewals(sql: SqlSession, renewals: readonly Renewal[]): Promise<RenewedRow[]> {
  if (renewals.length === 0) return Promise.resolve([]);
  return sql.query<RenewedRow>(RENEW, toColumns(renewals), 'renew-leases');
}

/**
 * Both statements are planned once per connection. Every join of theirs is a look-up by its whole
 * key, also while the statistics of a fleet that grows quickly are behind: that is why the second
 * one hides its look-ups from the join order (offset 0).
 */
const LOCK = `
select l.fleet_id as "fleetId", l.server_id as "serverId", l.incarnation, l.fenced,
  (select ${IS_SAME_DATABASE} from cluster_state k, pg_control_system() s) as "isSame"
from unnest($1::bigint[], $2::text[]) as q (fleet_id, server_id)
join instance_leases l on l.fleet_id = q.fleet_id and l.server_id = q.server_id
order by l.fleet_id, l.server_id
for update of l`;

/**
 * A lease never ends before one that was promised earlier (the fleet's leaseTtlMs may have been
 * lowered). A mark by consistency-checker goes with the first heartbeat that agrees with the
 * counters.
 */
const RENEW = `
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
    (x.run_count, x.run_digest)
from unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::integer[],
    $6::text[], $7::jsonb[], $8::bigint[])
  as b (fleet_id, server_id, incarnation, seen_revision, running_count, running_digest, metrics,
    ttl_ms)
cross join lateral (
  select i.status, f.revision, c.changed_revision, c.run_count,
    lpad(to_hex(c.run_digest), 16, '0') as run_digest
  from instances i, instance_counters c, fleet_revisions f
  where i.fleet_id = b.fleet_id and i.server_id = b.server_id
    and c.fleet_id = b.fleet_id and c.server_id = b.server_id and f.fleet_id = b.fleet_id
  offset 0
) x
where l.fleet_id = b.fleet_id and l.server_id = b.server_id
  and l.incarnation = b.incarnation and not l.fenced
returning l.fleet_id as "fleetId", l.server_id as "serverId", x.status, x.revision,
  x.changed_revision as "changedRevision", x.run_count as "expectedCount",
  x.run_digest as "expectedDigest", l.mismatched as "isMismatched"`;

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

/** One lease as balancer-worker watches it. */
export interface LeaseObservation {
  readonly serverId: string;
  readonly incarnation: number;
  /** Grows with each renewal: "did anything come?" needs no clock. */
  readonly renewals: number;
  /** Time left by the database's clock, in ms; negative when it ran out. */
  readonly remainingMs: number;
}

/**
 * Every lease of the fleet that is not fenced. One that ends later than anything that was granted
 * shows that the database's clock was stepped back: it is given a whole lease from now, which is
 * later than whatever its holder was promised. Without that, the lease of an instance that died
 * around the step would hold for as long as the step was large.
 */
export async function observeLeases(sql: SqlSession, fleetId: number): Promise<LeaseObservation[]> {
  const leases = await readLeases(sql, fleetId);
  if (!leases.some(({ isAhead }) => isAhead)) return leases.map(toObservation);
  await sql.query(PULL_BACK, [fleetId]);
  return (await readLeases(sql, fleetId)).map(toObservation);
}

type LeaseReading = LeaseObservation & { readonly isAhead: boolean };

function readLeases(sql: SqlSession, fleetId: number): Promise<LeaseReading[]> {
  return sql.query<LeaseReading>(
    `select server_id as "serverId", incarnation, renewals,
       extract(epoch from lease_expires_at - weir_now())::double precision * 1000 as "remainingMs",
       ${IS_AHEAD} as "isAhead"
     from instance_leases where fleet_id = $1 and not fenced`,
    [fleetId],
  );
}

function toObservation({ isAhead: _isAhead, ...observation }: LeaseReading): LeaseObservation {
  return observation;
}

/** Every writer of a lease ends it at most this far from its now. */
const IS_AHEAD = `lease_expires_at > weir_now() + granted_ttl_ms * interval '1 millisecond'`;

/** A heartbeat that comes first is left alone: the condition is looked at again after its lock. */
const PULL_BACK = `
update instance_leases set lease_expires_at = weir_now() + granted_ttl_ms * interval '1 millisecond'
where fleet_id = $1 and not fenced and ${IS_AHEAD}`;

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
