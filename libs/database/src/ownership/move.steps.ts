import { abortMoves } from './move.abort';
import { promoteRunning } from './move.ends';
import type { OwnershipChange } from './ownership.transaction';

/** What a step needs to know of a move. */
export interface MoveOfStream {
  readonly moveId: number;
  readonly streamId: string;
}

/**
 * The targets are prepared, or need not be: the sources are told to stop. A move whose stream is
 * not its source's any more, as it was when the move began, is aborted; one that is past this step
 * (the ack came twice) is left alone.
 */
export async function beginStopping(
  change: OwnershipChange,
  moveIds: readonly number[],
): Promise<void> {
  if (moveIds.length === 0) return;
  const told = await change.sql.query<{ moveId: number; serverId: string }>(
    `update assignments a set status = 'stopping', revision = $2, stopping_since = weir_now()
     from moves m
     where m.fleet_id = $1 and m.move_id = any($3) and m.state = 'preparing'
       and a.fleet_id = $1 and a.stream_id = m.stream_id and a.server_id = m.from_server_id
       and a.epoch = m.epoch and a.status in ('starting', 'running')
     returning m.move_id as "moveId", a.server_id as "serverId"`,
    [change.fleetId, change.revision, moveIds],
  );
  for (const { serverId } of told) change.touch(serverId);
  const toldIds = new Set(told.map(({ moveId }) => moveId));
  await setState(change, [...toldIds], 'stopping');
  const left = await change.sql.query<{ moveId: number }>(
    `select move_id as "moveId" from moves
     where fleet_id = $1 and move_id = any($2) and state = 'preparing'`,
    [change.fleetId, moveIds],
  );
  await abortMoves(change, {
    moveIds: left.map(({ moveId }) => moveId),
    error: 'its stream was stopped or granted anew meanwhile',
  });
}

/** The next step begins, and with it its time. */
export async function setState(
  change: OwnershipChange,
  moveIds: readonly number[],
  state: 'stopping' | 'starting',
): Promise<void> {
  if (moveIds.length === 0) return;
  await change.sql.query(
    `update moves set state = $3, updated_at = weir_now(),
       deadline = weir_now() + step_timeout_ms * interval '1 millisecond'
     where fleet_id = $1 and move_id = any($2)`,
    [change.fleetId, moveIds, state],
  );
}

/** Targets run the streams beside their owners: they own them now, the sources are to stop. */
export async function completeOverlap(
  change: OwnershipChange,
  moves: readonly MoveOfStream[],
): Promise<void> {
  if (moves.length === 0) return;
  const former = await promoteRunning(
    change,
    moves.map(({ streamId }) => streamId),
  );
  const hasSource = new Set(former.map(({ streamId }) => streamId));
  await setState(
    change,
    moves.filter(({ streamId }) => hasSource.has(streamId)).map(({ moveId }) => moveId),
    'stopping',
  );
  await finishMoves(
    change,
    moves.filter(({ streamId }) => !hasSource.has(streamId)).map(({ moveId }) => moveId),
  );
}

/** A move that is over; all but the stream is its event's detail. */
export interface DoneMove {
  readonly streamId: string;
  readonly fromServerId: string;
  readonly toServerId: string;
  readonly reason: string;
  readonly gain: number;
  readonly cost: number;
}

/** `returning` of the statement that finishes moves. */
export const DONE_COLUMNS = `stream_id::text as "streamId", from_server_id as "fromServerId",
  to_server_id as "toServerId", reason, gain, cost`;

/**
 * The targets run these, and nobody else does.
 * @param warning what is not as it should be all the same.
 */
export async function finishMoves(
  change: OwnershipChange,
  moveIds: readonly number[],
  warning?: string,
): Promise<void> {
  if (moveIds.length === 0) return;
  const done = await change.sql.query<DoneMove>(
    `update moves set state = 'done', error = $3, updated_at = weir_now()
     where fleet_id = $1 and move_id = any($2) and state in ('stopping', 'starting')
     returning ${DONE_COLUMNS}`,
    [change.fleetId, moveIds, warning ?? null],
  );
  for (const move of done) change.record(toDoneEvent(move, warning));
  change.hasWork = true;
}

/** The source of these moves stopped what their targets had taken over: they are done. */
export async function finishSourcesOf(
  change: OwnershipChange,
  serverId: string,
  moveIds: readonly number[],
): Promise<void> {
  if (moveIds.length === 0) return;
  const rows = await change.sql.query<{ moveId: number }>(
    `select move_id as "moveId" from moves
     where fleet_id = $1 and move_id = any($2) and from_server_id = $3
       and state = 'stopping' and not exclusive`,
    [change.fleetId, moveIds, serverId],
  );
  await finishMoves(
    change,
    rows.map(({ moveId }) => moveId),
  );
}

/** The event of a move that reached its target. */
export function toDoneEvent({ streamId, ...move }: DoneMove, warning?: string) {
  const words = `moved from ${move.fromServerId} to ${move.toServerId} (${move.reason})`;
  return {
    kind: 'move.done',
    severity: warning === undefined ? 'INFO' : 'WARNING',
    streamId,
    serverId: move.toServerId,
    message: warning === undefined ? words : `${words}; ${warning}`,
    detail: { ...move },
  } as const;
}
