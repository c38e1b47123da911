import type { MoveState } from '@weir/domain';
import { stopTargets } from './move.ends';
import type { OwnershipChange } from './ownership.transaction';

/** How moves end without reaching their targets. */
export interface Abort {
  readonly moveIds: readonly number[];
  readonly error: string;
  /** The target is the reason: the planner avoids it for this stream while another one fits. */
  readonly blamesTarget?: boolean;
  /** An operator's wish, not a failure. */
  readonly isCancelled?: boolean;
  /** The stream is to stop anyway: its owner is not told to run on. */
  readonly keepsStopping?: boolean;
}

/** A move that ended without reaching its target; why, as the planner said when it began. */
interface EndedMove {
  readonly moveId: number;
  readonly streamId: string;
  readonly fromServerId: string;
  readonly toServerId: string;
  readonly stateBefore: MoveState;
  readonly reason: string;
  readonly gain: number;
  readonly cost: number;
}

/**
 * Ends moves and takes back what they did, as far as that is safe. By what was under way:
 *
 * | state | source | target |
 * |---|---|---|
 * | planned | nothing | nothing |
 * | preparing | undisturbed | stops what it prepared |
 * | stopping, it still owns the stream | runs on, same epoch | stops what it prepared |
 * | starting, beside the source | undisturbed | stops |
 * | starting, it owns the stream | gone | goes on; `stopOnTargets` if it must not |
 *
 * A source that has stopped already, and whose answer was lost, is noticed by its digest, compares
 * notes (resync), and is granted the stream anew. The stream rests for its cooldown.
 * @returns how many ended.
 */
export async function abortMoves(change: OwnershipChange, abort: Abort): Promise<number> {
  if (abort.moveIds.length === 0) return 0;
  const ended = await markEnded(change, abort);
  const live = ended.filter(({ stateBefore }) => stateBefore !== 'planned');
  await stopTargets(
    change,
    live.map(({ moveId }) => moveId),
  );
  const rolledBack = abort.keepsStopping ? new Set<string>() : await rollBack(change, live);
  await letRest(change, live, abort.blamesTarget ?? false);
  for (const move of ended) recordEnd(change, move, abort, rolledBack.has(move.streamId));
  if (ended.length > 0) change.hasWork = true;
  return ended.length;
}

function markEnded(change: OwnershipChange, abort: Abort): Promise<EndedMove[]> {
  return change.sql.query<EndedMove>(
    `update moves m set state = $4, error = $3, updated_at = weir_now()
     from (select move_id, state from moves where fleet_id = $1 and move_id = any($2)
       and state in ('planned', 'preparing', 'stopping', 'starting')
       order by move_id for update) b
     where m.fleet_id = $1 and m.move_id = b.move_id
     returning m.move_id as "moveId", m.stream_id::text as "streamId",
       m.from_server_id as "fromServerId", m.to_server_id as "toServerId",
       b.state as "stateBefore", m.reason, m.gain, m.cost`,
    [change.fleetId, abort.moveIds, abort.error, abort.isCancelled ? 'cancelled' : 'aborted'],
  );
}

/** Sources that were told to stop and have not said so run on. @returns their streams. */
async function rollBack(
  change: OwnershipChange,
  moves: readonly EndedMove[],
): Promise<Set<string>> {
  const stopping = moves.filter(({ stateBefore }) => stateBefore === 'stopping');
  if (stopping.length === 0) return new Set();
  const rows = await change.sql.query<{ streamId: string; serverId: string }>(
    `update assignments a set revision = $2, stopping_since = null,
       status = case when a.not_before > weir_now() then 'starting' else 'running' end
     from unnest($3::bigint[], $4::text[]) as m (stream_id, server_id), streams s
     where a.fleet_id = $1 and a.stream_id = m.stream_id and a.server_id = m.server_id
       and a.status = 'stopping' and s.fleet_id = a.fleet_id and s.stream_id = a.stream_id
       and s.enabled and s.deleted_at is null
     returning a.stream_id::text as "streamId", a.server_id as "serverId"`,
    [
      change.fleetId,
      change.revision,
      stopping.map(({ streamId }) => streamId),
      stopping.map(({ fromServerId }) => fromServerId),
    ],
  );
  for (const { serverId } of rows) change.touch(serverId);
  return new Set(rows.map(({ streamId }) => streamId));
}

/** Planners see it by the revision; an owner that is told the same once more does nothing. */
async function letRest(
  change: OwnershipChange,
  moves: readonly EndedMove[],
  blamesTarget: boolean,
): Promise<void> {
  if (moves.length === 0) return;
  await change.sql.query(
    `update assignments set last_moved_at = weir_now(), revision = $2
     where fleet_id = $1 and stream_id = any($3::bigint[])`,
    [change.fleetId, change.revision, moves.map(({ streamId }) => streamId)],
  );
  if (blamesTarget) await blameTargets(change, moves);
}

/** How many of the last instances that failed on a stream are remembered. */
const FAILED_ON_MAX = 16;

/**
 * The stream avoids the target of a move that it could not take. Nothing else is held against the
 * stream: its source runs it well.
 */
export async function blameTargets(
  change: OwnershipChange,
  moves: readonly { readonly streamId: string; readonly toServerId: string }[],
): Promise<void> {
  await change.sql.query(
    `update assignments a set revision = $2,
       failed_on = (array_append(array_remove(a.failed_on, m.server_id), m.server_id))
         [greatest(1, cardinality(a.failed_on) - $5 + 2):]
     from unnest($3::bigint[], $4::text[]) as m (stream_id, server_id)
     where a.fleet_id = $1 and a.stream_id = m.stream_id`,
    [
      change.fleetId,
      change.revision,
      moves.map(({ streamId }) => streamId),
      moves.map(({ toServerId }) => toServerId),
      FAILED_ON_MAX,
    ],
  );
}

function recordEnd(
  change: OwnershipChange,
  move: EndedMove,
  { error, isCancelled = false }: Abort,
  isRolledBack: boolean,
): void {
  const { streamId, fromServerId, toServerId, reason, gain, cost, stateBefore } = move;
  const verb = isCancelled ? 'cancelled' : 'aborted';
  const after = isRolledBack ? `; ${fromServerId} runs on` : '';
  change.record({
    kind: isCancelled ? 'move.cancelled' : 'move.aborted',
    severity: isCancelled ? 'INFO' : 'WARNING',
    streamId,
    serverId: toServerId,
    message: `move from ${fromServerId} to ${toServerId} ${verb}: ${error}${after}`,
    detail: { fromServerId, toServerId, reason, gain, cost, stateBefore, isRolledBack, error },
  });
}

/**
 * Targets that were granted streams and must not go on with them are told to stop. The streams stay
 * theirs until they confirm.
 */
export async function stopOnTargets(
  change: OwnershipChange,
  moveIds: readonly number[],
): Promise<void> {
  const rows = await change.sql.query<{ serverId: string }>(
    `update assignments a set status = 'stopping', revision = $2, stopping_since = weir_now()
     from moves m
     where m.fleet_id = $1 and m.move_id = any($3) and a.fleet_id = $1
       and a.stream_id = m.stream_id and a.server_id = m.to_server_id and a.status = 'starting'
     returning a.server_id as "serverId"`,
    [change.fleetId, change.revision, moveIds],
  );
  for (const { serverId } of rows) change.touch(serverId);
}
