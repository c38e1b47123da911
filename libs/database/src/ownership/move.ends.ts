import type { Desired } from '@weir/domain';
import type { OwnershipChange } from './ownership.transaction';

/** What an instance has to do with a stream that another one owns. */
export interface MoveEnd {
  readonly moveId: number;
  readonly streamId: string;
  readonly serverId: string;
  readonly incarnation: number;
  readonly epoch: number;
  readonly desired: Desired;
}

/** Ends of incarnations that are over die with them. */
export async function dropEndsOf(
  change: OwnershipChange,
  serverIds: readonly string[],
): Promise<void> {
  await change.sql.query('delete from move_ends where fleet_id = $1 and server_id = any($2)', [
    change.fleetId,
    serverIds,
  ]);
}

/** Takes the ends of these streams from an instance: it has nothing to do with them any more. */
export async function dropEndsAt(
  change: OwnershipChange,
  serverId: string,
  streamIds: readonly string[],
): Promise<void> {
  await change.sql.query(
    `delete from move_ends
     where fleet_id = $1 and server_id = $2 and stream_id = any($3::bigint[])`,
    [change.fleetId, serverId, streamIds],
  );
  change.touch(serverId);
  change.hasWork = true;
}

/** Tells the targets of these moves to stop what they prepared, or run beside the owner. */
export async function stopTargets(
  change: OwnershipChange,
  moveIds: readonly number[],
): Promise<void> {
  const told = await change.sql.query<{ serverId: string }>(
    `update move_ends e set desired = 'stop', revision = $2, desired_since = weir_now()
     from moves m
     where m.fleet_id = $1 and m.move_id = any($3) and e.fleet_id = $1
       and e.move_id = m.move_id and e.server_id = m.to_server_id and e.desired <> 'stop'
     returning e.server_id as "serverId"`,
    [change.fleetId, change.revision, moveIds],
  );
  for (const { serverId } of told) change.touch(serverId);
}

/** What becomes of a stream whose target takes over, whoever owned it before. */
const PROMOTE = `
update assignments a set
  server_id = e.server_id, incarnation = e.incarnation, epoch = e.epoch, revision = $2,
  status = $4, autonomy_ms = s.autonomy_ms, not_before = null, assigned_at = weir_now(),
  last_moved_at = weir_now(), unassigned_since = null, unplaced_reasons = null,
  lost_owner = null, stopping_since = null, rest_until = null,
  running_since = case when $4 = 'running' then weir_now() end
from move_ends e
join instance_leases l on l.fleet_id = e.fleet_id and l.server_id = e.server_id
  and l.incarnation = e.incarnation and not l.fenced
join streams s on s.fleet_id = e.fleet_id and s.stream_id = e.stream_id
where a.fleet_id = $1 and a.stream_id = any($3::bigint[])
  and e.fleet_id = a.fleet_id and e.stream_id = a.stream_id and e.desired = 'run'
  and e.epoch > a.epoch`;

const PROMOTED = `
returning a.stream_id::text as "streamId", a.server_id as "serverId"`;

interface Promoted {
  readonly streamId: string;
  readonly serverId: string;
}

/**
 * Streams that lost their owner while a target was to run them beside it: the target owns them from
 * now on, without a plan. @returns those that got an owner.
 */
export async function promoteOrphans(
  change: OwnershipChange,
  streamIds: readonly string[],
): Promise<Set<string>> {
  const promoted = await change.sql.query<Promoted>(
    `${PROMOTE} and a.server_id is null ${PROMOTED}`,
    [change.fleetId, change.revision, streamIds, 'starting'],
  );
  for (const { serverId } of promoted) change.touch(serverId);
  return new Set(promoted.map(({ streamId }) => streamId));
}

/** An owner that another one took over from, and is to stop now. */
export interface FormerOwner {
  readonly streamId: string;
  readonly serverId: string;
  readonly incarnation: number;
  readonly epoch: number;
}

/**
 * The targets say that they run these streams: they own them from now on, and the owners so far
 * are told to stop. @returns those owners.
 */
export async function promoteRunning(
  change: OwnershipChange,
  streamIds: readonly string[],
): Promise<FormerOwner[]> {
  const owners = await change.sql.query<FormerOwner & { readonly moveId: number }>(
    `select a.stream_id::text as "streamId", a.server_id as "serverId", a.incarnation, a.epoch,
       e.move_id as "moveId"
     from assignments a join move_ends e
       on e.fleet_id = a.fleet_id and e.stream_id = a.stream_id and e.desired = 'run'
     where a.fleet_id = $1 and a.stream_id = any($2::bigint[])`,
    [change.fleetId, streamIds],
  );
  const promoted = await change.sql.query<Promoted>(`${PROMOTE} ${PROMOTED}`, [
    change.fleetId,
    change.revision,
    streamIds,
    'running',
  ]);
  const targets = new Map(promoted.map(({ streamId, serverId }) => [streamId, serverId]));
  for (const serverId of targets.values()) change.touch(serverId);
  const former = owners.filter(({ streamId, serverId }) => targets.has(streamId) && serverId);
  await stopFormerOwners(change, former);
  return former;
}

async function stopFormerOwners(
  change: OwnershipChange,
  owners: readonly (FormerOwner & { readonly moveId: number })[],
): Promise<void> {
  await change.sql.query(
    `insert into move_ends
       (fleet_id, stream_id, server_id, incarnation, move_id, epoch, desired, revision)
     select $1, e.stream_id, e.server_id, e.incarnation, e.move_id, e.epoch, 'stop', $2
     from unnest($3::bigint[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[])
       as e (stream_id, server_id, incarnation, move_id, epoch)`,
    [
      change.fleetId,
      change.revision,
      owners.map(({ streamId }) => streamId),
      owners.map(({ serverId }) => serverId),
      owners.map(({ incarnation }) => incarnation),
      owners.map(({ moveId }) => moveId),
      owners.map(({ epoch }) => epoch),
    ],
  );
  for (const { serverId } of owners) change.touch(serverId);
}
