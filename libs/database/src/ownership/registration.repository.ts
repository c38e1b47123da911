import { randomUUID } from 'node:crypto';
import { FAILURES_KEPT, nextEpoch } from '@weir/domain';
import type { InstanceStatus, RegisterRequest } from '@weir/domain';
import type { TransactionRunner } from '../resilience/transaction-runner';
import { getFleetSettings } from './fleet.repository';
import { handOver, settleMovesOf } from './handoff';
import { judgeReturn, recordLosses } from './loss.repository';
import type { CrashReturn } from './loss.repository';
import { LATEST_LEASE_END } from './lease.end';
import { dropEndsOf } from './move.ends';
import { changeOwnership } from './ownership.transaction';
import type { OwnershipChange } from './ownership.transaction';
import { keepStreams, regrantStreams } from './regrant';
import { releaseLater } from './release';
import { decideRegistration } from './registration.decision';
import type { OwnedAssignment } from './registration.decision';

export interface Registered {
  readonly incarnation: number;
  readonly status: InstanceStatus;
}

/** The instance before this registration. */
interface Former {
  readonly incarnation: number;
  readonly status: InstanceStatus;
  readonly cordoned: boolean;
  readonly fenced: boolean;
  readonly mayRunUntil: Date;
}

/**
 * Opens a new incarnation with a fresh lease. An earlier incarnation is fenced by it at once. Its
 * streams go over to the new one: exclusive ones not before the old lease is over, unless the
 * caller vouches (`takeover`) that the old process is gone, or still runs them itself (`running`).
 */
export function registerInstance(
  runner: TransactionRunner,
  fleetId: number,
  request: RegisterRequest,
  leaseTtlMs: number,
): Promise<Registered> {
  const operation = { name: 'register', operationId: randomUUID() };
  return changeOwnership(runner, fleetId, operation, async (change) => {
    const former = await lockFormer(change, request.serverId);
    const last = former ? former.incarnation : await findIncarnationFloor(change);
    // As epochs: one that was opened and lost with another database is never opened again.
    const incarnation = nextEpoch(last, change.generation);
    const isReplaced = former !== undefined && isReplacing(request, former);
    const isReturn = isReplaced || former?.status === 'lost';
    const settings = isReturn ? await getFleetSettings(change.sql, fleetId) : undefined;
    if (isReplaced && settings) {
      await recordLosses(change, [request.serverId], { cause: 'replaced', settings });
    }
    const status: InstanceStatus = former?.cordoned ? 'cordoned' : 'ready';
    await writeInstance(change, request, { incarnation, status, former });
    await writeLease(change, request.serverId, incarnation, leaseTtlMs);
    const { scattered } = settings
      ? await judgeReturn(change, request.serverId, settings)
      : NOTHING_SCATTERED;
    if (former) await adoptStreams(change, request, incarnation, { ...former, scattered });
    recordRegistration(change, request, { incarnation, former });
    return { incarnation, status };
  });
}

const NOTHING_SCATTERED: CrashReturn = { scattered: new Set() };

/** The earlier incarnation neither left nor was taken over, and nothing of it runs any more. */
function isReplacing(request: RegisterRequest, former: Former): boolean {
  return !former.fenced && former.status !== 'left' && (request.running ?? []).length === 0;
}

/** A name that is new, or forgotten: above all incarnations that were ever forgotten. */
async function findIncarnationFloor(change: OwnershipChange): Promise<number> {
  const rows = await change.sql.query<{ floor: number }>(
    'select incarnation_floor as floor from fleet_revisions where fleet_id = $1',
    [change.fleetId],
  );
  return rows[0]?.floor ?? 0;
}

async function lockFormer(change: OwnershipChange, serverId: string): Promise<Former | undefined> {
  const key = [change.fleetId, serverId];
  await change.sql.query(
    'select 1 from instance_leases where fleet_id = $1 and server_id = $2 for update',
    key,
  );
  const rows = await change.sql.query<Former>(
    `select i.incarnation, i.status, i.cordoned, l.fenced,
       ${LATEST_LEASE_END} as "mayRunUntil"
     from instances i join instance_leases l using (fleet_id, server_id)
     where i.fleet_id = $1 and i.server_id = $2`,
    key,
  );
  return rows[0];
}

async function writeInstance(
  change: OwnershipChange,
  request: RegisterRequest,
  next: { incarnation: number; status: InstanceStatus; former: Former | undefined },
): Promise<void> {
  await change.sql.query(WRITE_INSTANCE, [
    change.fleetId,
    request.serverId,
    request.host,
    request.port,
    next.status,
    next.incarnation,
    request.maxStreams,
    JSON.stringify(request.capacity ?? {}),
    request.zone ?? null,
    JSON.stringify(request.labels ?? {}),
    request.clientVersion ?? null,
  ]);
}

const WRITE_INSTANCE = `
insert into instances as i (fleet_id, server_id, host, port, status, incarnation, max_streams,
  capacity, zone, labels, client_version)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
on conflict (fleet_id, server_id) do update set
  host = excluded.host, port = excluded.port, status = excluded.status,
  incarnation = excluded.incarnation, max_streams = excluded.max_streams,
  capacity = excluded.capacity, zone = excluded.zone, labels = excluded.labels,
  client_version = excluded.client_version, registered_at = weir_now(), updated_at = weir_now(),
  recovery_count = i.recovery_count + (i.status = 'lost')::integer`;

/** The clock is read here, after every lock has been taken. */
async function writeLease(
  change: OwnershipChange,
  serverId: string,
  incarnation: number,
  leaseTtlMs: number,
): Promise<void> {
  await change.sql.query(
    `insert into instance_leases as l
       (fleet_id, server_id, incarnation, lease_expires_at, granted_ttl_ms)
     values ($1, $2, $3, weir_now() + $4 * interval '1 millisecond', $4)
     on conflict (fleet_id, server_id) do update set
       incarnation = excluded.incarnation, fenced = false, renewals = l.renewals + 1,
       lease_expires_at = excluded.lease_expires_at, granted_ttl_ms = excluded.granted_ttl_ms,
       seen_revision = 0, running_count = 0, running_digest = '0000000000000000',
       last_heartbeat = null, mismatched = false`,
    [change.fleetId, serverId, incarnation, leaseTtlMs],
  );
  await change.sql.query(
    `insert into instance_counters (fleet_id, server_id) values ($1, $2) on conflict do nothing`,
    [change.fleetId, serverId],
  );
  change.touch(serverId);
  change.hasWork = true;
}

async function adoptStreams(
  change: OwnershipChange,
  request: RegisterRequest,
  incarnation: number,
  former: Former & CrashReturn,
): Promise<void> {
  const { serverId } = request;
  await dropEndsOf(change, [serverId]);
  const owned = await change.sql.query<OwnedAssignment>(
    `select stream_id::text as "streamId", epoch, status from assignments
     where fleet_id = $1 and server_id = $2 order by stream_id for update`,
    [change.fleetId, serverId],
  );
  const { running = [], maxStreams } = request;
  const plan = decideRegistration(owned, running, maxStreams, former.scattered);
  // Expired is not gone: autonomy counts from the end of a lease that nobody has taken over.
  const isOldGone = request.takeover === true || former.fenced;
  const oldLeaseExpiresAt = isOldGone ? null : former.mayRunUntil;
  await keepStreams(change, { serverId, incarnation }, plan.keep);
  await regrantStreams(change, {
    serverId,
    incarnation,
    streamIds: plan.regrant,
    oldLeaseExpiresAt,
  });
  await releaseLater(change, plan.release, oldLeaseExpiresAt);
  await avoidInstance(change, serverId, plan.release, former.scattered);
  await handOver(change, plan.release);
  await settleMovesOf(change, [serverId], `${serverId} registered again`);
}

/** What it crashed with goes elsewhere while anything else fits. */
async function avoidInstance(
  change: OwnershipChange,
  serverId: string,
  released: readonly string[],
  scattered: CrashReturn['scattered'],
): Promise<void> {
  const streamIds = released.filter((id) => scattered === 'all' || scattered.has(id));
  if (streamIds.length === 0) return;
  await change.sql.query(
    `update assignments set failed_on = array_append(array_remove(failed_on, $3), $3)
     where fleet_id = $1 and stream_id = any($2::bigint[])
       and cardinality(failed_on) < ${FAILURES_KEPT}`,
    [change.fleetId, streamIds, serverId],
  );
}

function recordRegistration(
  change: OwnershipChange,
  request: RegisterRequest,
  next: { incarnation: number; former: Former | undefined },
): void {
  const { serverId } = request;
  if (next.former && !next.former.fenced) {
    change.record({
      kind: 'instance.fenced',
      severity: 'WARNING',
      serverId,
      message: `incarnation ${next.former.incarnation} is over: ${serverId} registered again`,
      detail: { incarnation: next.former.incarnation, takeover: request.takeover === true },
    });
  }
  change.record({
    kind: 'instance.registered',
    serverId,
    message: `${serverId} registered as incarnation ${next.incarnation}, room for ${request.maxStreams} streams`,
    detail: { incarnation: next.incarnation, host: request.host, port: request.port },
  });
}
