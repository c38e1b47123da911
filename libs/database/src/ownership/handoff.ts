import { grantStreams } from './grant';
import type { Granted } from './grant';
import type { OwnershipChange } from './ownership.transaction';

interface WaitingMove {
  readonly moveId: number;
  readonly streamId: string;
  readonly toServerId: string;
  readonly epoch: number;
}

/**
 * Goes on with the moves of streams that were just released: each is granted to its target in this
 * same transaction, so that the gap of a move is one message to the old owner and one to the new.
 * A target that cannot take it any more aborts the move; the planner then places the stream.
 */
export async function handOver(
  change: OwnershipChange,
  releasedStreamIds: readonly string[],
): Promise<Granted[]> {
  const waiting = await change.sql.query<WaitingMove>(
    `select m.move_id as "moveId", m.stream_id::text as "streamId",
       m.to_server_id as "toServerId", a.epoch
     from moves m join assignments a using (fleet_id, stream_id)
     where m.fleet_id = $1 and m.stream_id = any($2::bigint[]) and m.state = 'stopping'
       and a.server_id is null`,
    [change.fleetId, releasedStreamIds],
  );
  const granted = await grantStreams(
    change,
    waiting.map(({ streamId, toServerId, epoch }) => ({
      streamId,
      serverId: toServerId,
      expectedEpoch: epoch,
    })),
  );
  await settleMoves(change, waiting, new Set(granted.map((grant) => grant.streamId)));
  return granted;
}

async function settleMoves(
  change: OwnershipChange,
  waiting: readonly WaitingMove[],
  grantedIds: ReadonlySet<string>,
): Promise<void> {
  if (waiting.length === 0) return;
  const isGranted = (move: WaitingMove): boolean => grantedIds.has(move.streamId);
  await change.sql.query(
    `update moves set state = 'starting', updated_at = weir_now()
     where fleet_id = $1 and move_id = any($2)`,
    [change.fleetId, waiting.filter(isGranted).map((move) => move.moveId)],
  );
  const refused = waiting.filter((move) => !isGranted(move));
  await abortMoves(change, {
    moveIds: refused.map((move) => move.moveId),
    error: 'the target could not take the stream any more',
  });
}

/** A move that ended without reaching its target; why, as the planner said when it began. */
interface AbortedMove {
  readonly streamId: string;
  readonly fromServerId: string;
  readonly toServerId: string;
  readonly reason: string;
  readonly gain: number;
  readonly cost: number;
}

/** Ends live moves without reaching their targets. The streams stay as they are. */
export async function abortMoves(
  change: OwnershipChange,
  abort: { readonly moveIds: readonly number[]; readonly error: string },
): Promise<void> {
  if (abort.moveIds.length === 0) return;
  const aborted = await change.sql.query<AbortedMove>(
    `update moves set state = 'aborted', error = $3, updated_at = weir_now()
     where fleet_id = $1 and move_id = any($2) and state in ('stopping', 'starting')
     returning stream_id::text as "streamId", from_server_id as "fromServerId",
       to_server_id as "toServerId", reason, gain, cost`,
    [change.fleetId, abort.moveIds, abort.error],
  );
  for (const { streamId, fromServerId, toServerId, ...why } of aborted) {
    change.record({
      kind: 'move.aborted',
      severity: 'WARNING',
      streamId,
      serverId: toServerId,
      message: `move from ${fromServerId} to ${toServerId} aborted: ${abort.error}`,
      detail: { fromServerId, toServerId, ...why },
    });
  }
  if (aborted.length > 0) change.hasWork = true;
}

/** Aborts every live move from or to an instance that is gone. */
export async function abortMovesOf(
  change: OwnershipChange,
  serverIds: readonly string[],
  error: string,
): Promise<void> {
  const rows = await change.sql.query<{ moveId: number }>(
    `select move_id as "moveId" from moves
     where fleet_id = $1 and state in ('stopping', 'starting')
       and (from_server_id = any($2) or to_server_id = any($2))`,
    [change.fleetId, serverIds],
  );
  await abortMoves(change, { moveIds: rows.map((row) => row.moveId), error });
}
