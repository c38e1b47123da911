import type { TransactionRunner } from '../resilience/transaction-runner';
import { getFleetSettings } from './fleet.repository';
import { handOver, settleMovesOf } from './handoff';
import { recordLosses } from './loss.repository';
import { dropEndsOf } from './move.ends';
import { changeOwnership } from './ownership.transaction';
import type { OwnershipChange } from './ownership.transaction';

/** An instance for which the caller has seen, on its own clock, no renewal for one whole lease. */
export interface TakeoverCandidate {
  readonly serverId: string;
  readonly incarnation: number;
  /** The renewals counted when that was seen: one more, and it is not lost. */
  readonly renewals: number;
}

export interface TakenOver {
  readonly serverId: string;
  readonly incarnation: number;
  readonly releasedStreams: number;
}

/**
 * Fences instances whose lease ran out by the database's clock too (the second proof), and releases
 * their streams. Exclusive streams with autonomy may not start elsewhere before it is over.
 * @returns those that were really taken over; one that renewed meanwhile is left alone.
 */
export async function takeOverInstances(
  runner: TransactionRunner,
  fleetId: number,
  candidates: readonly TakeoverCandidate[],
): Promise<TakenOver[]> {
  const taken: TakenOver[] = [];
  for (const slice of await sliceByStreams(runner, fleetId, candidates)) {
    taken.push(...(await takeOverSlice(runner, fleetId, slice)));
  }
  return taken;
}

/**
 * Streams released in one transaction: others wait for the fleet's lock no longer than that takes.
 */
const STREAMS_PER_TRANSACTION = 5_000;

/**
 * Groups candidates so that none but a very large one holds more streams than one transaction
 * should.
 */
async function sliceByStreams(
  runner: TransactionRunner,
  fleetId: number,
  candidates: readonly TakeoverCandidate[],
): Promise<TakeoverCandidate[][]> {
  if (candidates.length === 0) return [];
  const rows = await runner.query<{ serverId: string; held: number }>(
    `select server_id as "serverId", held_count as held from instance_counters
     where fleet_id = $1 and server_id = any($2)`,
    [fleetId, candidates.map(({ serverId }) => serverId)],
  );
  const held = new Map(rows.map((row) => [row.serverId, row.held]));
  const slices: TakeoverCandidate[][] = [];
  let room = 0;
  for (const candidate of candidates) {
    const streams = held.get(candidate.serverId) ?? 0;
    if (slices.length === 0 || streams > room) {
      slices.push([]);
      room = STREAMS_PER_TRANSACTION;
    }
    slices.at(-1)?.push(candidate);
    room -= streams;
  }
  return slices;
}

function takeOverSlice(
  runner: TransactionRunner,
  fleetId: number,
  candidates: readonly TakeoverCandidate[],
): Promise<TakenOver[]> {
  return changeOwnership(runner, fleetId, 'takeover', async (change) => {
    const fenced = await fence(change, candidates);
    const serverIds = fenced.map(({ serverId }) => serverId);
    const settings = await getFleetSettings(change.sql, fleetId);
    await recordLosses(change, serverIds, { cause: 'taken-over', settings });
    await dropEndsOf(change, serverIds);
    const released = await releaseAll(change, serverIds);
    await handOver(
      change,
      released.map(({ streamId }) => streamId),
    );
    await settleMovesOf(change, serverIds, 'the target was lost');
    const counts = countByServer(released);
    return fenced.map((lost) => recordLoss(change, lost, counts.get(lost.serverId) ?? 0));
  });
}

interface Fenced {
  readonly serverId: string;
  readonly incarnation: number;
  readonly overdueMs: number;
}

/** Locks the leases, then reads the clock in a later statement and decides by it. */
async function fence(
  change: OwnershipChange,
  candidates: readonly TakeoverCandidate[],
): Promise<Fenced[]> {
  const serverIds = candidates.map(({ serverId }) => serverId);
  await change.sql.query(
    `select 1 from instance_leases where fleet_id = $1 and server_id = any($2)
     order by server_id for update`,
    [change.fleetId, serverIds],
  );
  const fenced = await change.sql.query<Fenced>(
    `update instance_leases l set fenced = true
     from unnest($2::text[], $3::bigint[], $4::bigint[]) as c (server_id, incarnation, renewals)
     where l.fleet_id = $1 and l.server_id = c.server_id and l.incarnation = c.incarnation
       and l.renewals = c.renewals and not l.fenced and l.lease_expires_at <= weir_now()
     returning l.server_id as "serverId", l.incarnation,
       extract(epoch from weir_now() - l.lease_expires_at)::double precision * 1000 as "overdueMs"`,
    [
      change.fleetId,
      serverIds,
      candidates.map(({ incarnation }) => incarnation),
      candidates.map(({ renewals }) => renewals),
    ],
  );
  await change.sql.query(
    `update instances set status = 'lost', failure_count = failure_count + 1, updated_at = weir_now()
     where fleet_id = $1 and server_id = any($2)`,
    [change.fleetId, fenced.map(({ serverId }) => serverId)],
  );
  return fenced;
}

interface Released {
  readonly streamId: string;
  readonly serverId: string;
}

function releaseAll(change: OwnershipChange, serverIds: readonly string[]): Promise<Released[]> {
  return change.sql.query<Released>(
    `with owned as (
       select a.stream_id, a.server_id, s.exclusive,
         greatest(s.autonomy_ms, a.autonomy_ms) as autonomy_ms, l.lease_expires_at
       from assignments a
       join streams s on s.fleet_id = a.fleet_id and s.stream_id = a.stream_id
       join instance_leases l on l.fleet_id = a.fleet_id and l.server_id = a.server_id
       where a.fleet_id = $1 and a.server_id = any($3)
     )
     update assignments a set
       server_id = null, incarnation = null, status = 'unassigned', revision = $2,
       unassigned_since = weir_now(), lost_owner = o.server_id, stopping_since = null,
       not_before = case when o.exclusive and o.autonomy_ms > 0
         then greatest(a.not_before, o.lease_expires_at + o.autonomy_ms * interval '1 millisecond')
         else a.not_before end
     from owned o where a.fleet_id = $1 and a.stream_id = o.stream_id
     returning a.stream_id::text as "streamId", o.server_id as "serverId"`,
    [change.fleetId, change.revision, serverIds],
  );
}

function countByServer(released: readonly Released[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { serverId } of released) counts.set(serverId, (counts.get(serverId) ?? 0) + 1);
  return counts;
}

function recordLoss(change: OwnershipChange, lost: Fenced, releasedStreams: number): TakenOver {
  change.touch(lost.serverId);
  change.hasWork = true;
  change.record({
    kind: 'instance.lost',
    severity: 'ERROR',
    serverId: lost.serverId,
    message:
      `${lost.serverId} is lost: its lease ran out ${Math.round(lost.overdueMs)} ms ago and ` +
      `nothing was heard of it; ${releasedStreams} streams are placed elsewhere`,
    detail: { incarnation: lost.incarnation, releasedStreams, overdueMs: lost.overdueMs },
  });
  return { serverId: lost.serverId, incarnation: lost.incarnation, releasedStreams };
}
