import { grantStreams } from './grant';
import type { Granted } from './grant';
import { abortMoves } from './move.abort';
import { promoteOrphans } from './move.ends';
import { finishMoves, setState } from './move.steps';
import type { OwnershipChange } from './ownership.transaction';

/** A live move whose stream has just lost its owner. */
interface OrphanedMove {
  readonly moveId: number;
  readonly streamId: string;
  readonly toServerId: string;
  readonly toIncarnation: number | null;
  /** The target is to be granted the stream when its owner gave it back. */
  readonly isAwaiting: boolean;
  readonly epoch: number;
  /** How long nobody may run the stream, in ms; null: it may be run now. */
  readonly waitMs: number | null;
  readonly stepTimeoutMs: number;
}

/**
 * Goes on with the moves of streams that were just released: each is granted to its target in this
 * same transaction, so that the gap of a move is one message to the old owner and one to the new.
 * A target that was to run beside the owner owns the stream now. Where the stream must not run yet
 * (what is left of a lease) or rests after a failure, the move waits for that, if it is not longer
 * than a step may take. A target that cannot take it any more aborts the move; the planner then
 * places the stream.
 */
export async function handOver(
  change: OwnershipChange,
  releasedStreamIds: readonly string[],
): Promise<Granted[]> {
  if (releasedStreamIds.length === 0) return [];
  await promoteOrphans(change, releasedStreamIds);
  const orphaned = await change.sql.query<OrphanedMove>(
    `select m.move_id as "moveId", m.stream_id::text as "streamId",
       m.to_server_id as "toServerId", m.to_incarnation as "toIncarnation",
       m.exclusive and m.state in ('preparing', 'stopping') as "isAwaiting", a.epoch,
       case when greatest(a.not_before, a.rest_until) > weir_now() then extract(epoch from
         least(greatest(a.not_before, a.rest_until), weir_now() + interval '1 year')
           - weir_now())::double precision * 1000 end as "waitMs",
       m.step_timeout_ms as "stepTimeoutMs"
     from moves m join assignments a using (fleet_id, stream_id)
     where m.fleet_id = $1 and m.stream_id = any($2::bigint[])
       and m.state in ('preparing', 'stopping', 'starting') and a.server_id is null
     order by m.move_id`,
    [change.fleetId, releasedStreamIds],
  );
  const granted = await grantToTargets(change, orphaned);
  await settleOrphaned(change, orphaned, new Set(granted.map(({ streamId }) => streamId)));
  return granted;
}

function grantToTargets(
  change: OwnershipChange,
  orphaned: readonly OrphanedMove[],
): Promise<Granted[]> {
  const ready = orphaned.filter(({ isAwaiting, waitMs }) => isAwaiting && waitMs === null);
  return grantStreams(
    change,
    ready.map(({ streamId, toServerId, toIncarnation, epoch }) => ({
      streamId,
      serverId: toServerId,
      expectedEpoch: epoch,
      ...(toIncarnation !== null && { expectedIncarnation: toIncarnation }),
    })),
  );
}

async function settleOrphaned(
  change: OwnershipChange,
  orphaned: readonly OrphanedMove[],
  grantedIds: ReadonlySet<string>,
): Promise<void> {
  const idsOf = (moves: readonly OrphanedMove[]): number[] => moves.map(({ moveId }) => moveId);
  const granted = orphaned.filter(({ streamId }) => grantedIds.has(streamId));
  const rest = orphaned.filter(({ streamId }) => !grantedIds.has(streamId));
  const waiting = rest.filter(
    ({ isAwaiting, waitMs, stepTimeoutMs }) =>
      isAwaiting && waitMs !== null && waitMs <= stepTimeoutMs,
  );
  const refused = rest.filter((move) => !waiting.includes(move));
  await setState(change, idsOf(granted), 'starting');
  await waitUntilFree(change, idsOf(waiting));
  await abortMoves(change, {
    moveIds: idsOf(refused.filter(({ isAwaiting }) => isAwaiting)),
    error: 'the target could not take the stream any more',
  });
  await abortMoves(change, {
    moveIds: idsOf(refused.filter(({ isAwaiting }) => !isAwaiting)),
    error: 'the target gave the stream back',
  });
}

async function waitUntilFree(change: OwnershipChange, moveIds: readonly number[]): Promise<void> {
  if (moveIds.length === 0) return;
  await change.sql.query(
    `update moves m set state = 'stopping', updated_at = weir_now(),
       deadline = greatest(a.not_before, a.rest_until) + m.step_timeout_ms * interval '1 millisecond'
     from assignments a
     where m.fleet_id = $1 and m.move_id = any($2)
       and a.fleet_id = m.fleet_id and a.stream_id = m.stream_id`,
    [change.fleetId, moveIds],
  );
}

/**
 * Settles the moves of instances that are gone, or began anew. Their ends are dropped and their
 * streams handed over by now. Moves to them are aborted. Of moves from them, those whose target
 * runs the stream already are done; the others go on as long as the stream is theirs.
 */
export async function settleMovesOf(
  change: OwnershipChange,
  serverIds: readonly string[],
  error: string,
): Promise<void> {
  const rows = await change.sql.query<{ moveId: number; isDone: boolean }>(
    `select m.move_id as "moveId",
       m.from_server_id = any($2) and m.state = 'stopping' and not m.exclusive
         and a.server_id = m.to_server_id as "isDone"
     from moves m join assignments a using (fleet_id, stream_id)
     where m.fleet_id = $1 and m.state in ('preparing', 'stopping', 'starting')
       and (m.to_server_id = any($2) or (m.from_server_id = any($2)
         and m.state = 'stopping' and not m.exclusive))`,
    [change.fleetId, serverIds],
  );
  const idsOf = (isDone: boolean): number[] =>
    rows.filter((row) => row.isDone === isDone).map(({ moveId }) => moveId);
  await finishMoves(change, idsOf(true));
  await abortMoves(change, { moveIds: idsOf(false), error });
}

/** Aborts moves to an instance that is to get nothing any more, unless it owns their stream. */
export async function abortMovesTo(
  change: OwnershipChange,
  serverId: string,
  error: string,
): Promise<void> {
  const rows = await change.sql.query<{ moveId: number }>(
    `select m.move_id as "moveId" from moves m join assignments a using (fleet_id, stream_id)
     where m.fleet_id = $1 and m.to_server_id = $2
       and m.state in ('preparing', 'stopping', 'starting')
       and a.server_id is distinct from m.to_server_id`,
    [change.fleetId, serverId],
  );
  await abortMoves(change, { moveIds: rows.map(({ moveId }) => moveId), error });
}

/**
 * Aborts moves of streams whose target prepares or runs what the stream was before it was granted
 * anew or disabled.
 */
export async function abortMovesOfStreams(
  change: OwnershipChange,
  streamIds: readonly string[],
  abort: { readonly error: string; readonly keepsStopping: boolean },
): Promise<void> {
  if (streamIds.length === 0) return;
  const rows = await change.sql.query<{ moveId: number }>(
    `select m.move_id as "moveId" from moves m join assignments a using (fleet_id, stream_id)
     where m.fleet_id = $1 and m.stream_id = any($2::bigint[])
       and m.state in ('preparing', 'stopping', 'starting')
       and ($3 or m.state = 'preparing'
         or (m.state = 'starting' and a.server_id is distinct from m.to_server_id))`,
    [change.fleetId, streamIds, abort.keepsStopping],
  );
  await abortMoves(change, { moveIds: rows.map(({ moveId }) => moveId), ...abort });
}
