import { DomainError } from '@weir/domain';
import type { MoveState } from '@weir/domain';
import type { TransactionRunner } from '../resilience/transaction-runner';
import { fence } from './fence.repository';
import { abortMoves } from './move.abort';
import { beginStopping, finishMoves } from './move.steps';
import { changeOwnership } from './ownership.transaction';
import type { OwnershipChange } from './ownership.transaction';

/** A move that somebody wants to end, or to hasten. */
interface OrderedMove {
  readonly moveId: number;
  readonly streamId: string;
  readonly fromServerId: string;
  readonly toServerId: string;
  readonly state: MoveState;
  readonly exclusive: boolean;
  /** The target owns the stream: there is nothing to take back any more. */
  readonly isAtTarget: boolean;
  /** The source gave it up; the target waits for what is left of a lease. */
  readonly isOrphaned: boolean;
}

async function lockMove(change: OwnershipChange, moveId: string): Promise<OrderedMove> {
  const rows = await change.sql.query<OrderedMove>(
    `select m.move_id as "moveId", m.stream_id::text as "streamId",
       m.from_server_id as "fromServerId", m.to_server_id as "toServerId", m.state, m.exclusive,
       a.server_id is not distinct from m.to_server_id as "isAtTarget",
       a.server_id is null as "isOrphaned"
     from moves m join assignments a using (fleet_id, stream_id)
     where m.fleet_id = $1 and m.move_id = $2 for update of m`,
    [change.fleetId, moveId],
  );
  if (!rows[0]) throw new DomainError('MOVE_UNKNOWN', `no move ${moveId} in this fleet`);
  return rows[0];
}

/**
 * Takes a move back: a planned one is not begun, a target that prepares or runs it beside the
 * source is told to stop, a source that was told to stop and has not said so runs on.
 * @throws DomainError MOVE_UNKNOWN; MOVE_STATE_CONFLICT when it is over, or the target owns the
 * stream already.
 */
export function cancelMove(
  runner: TransactionRunner,
  fleetId: number,
  moveId: string,
  requestedBy: string,
): Promise<void> {
  return changeOwnership(runner, fleetId, 'cancel-move', async (change) => {
    const move = await lockMove(change, moveId);
    assertUnderWay(move);
    if (move.state !== 'planned' && move.isAtTarget) {
      throw new DomainError(
        'MOVE_STATE_CONFLICT',
        `${move.toServerId} owns the stream already: move it back instead`,
      );
    }
    await abortMoves(change, {
      moveIds: [move.moveId],
      error: `cancelled by ${requestedBy}`,
      isCancelled: true,
    });
  });
}

/**
 * Does not wait for the other side any longer. By what is under way:
 *
 * | state | what force does |
 * |---|---|
 * | preparing | the source is told to stop, whether the target is prepared or not |
 * | stopping, exclusive | the source is fenced: all that it owns goes elsewhere when its lease is |
 * |  | over, this one to its target if that is not longer than a step may take |
 * | stopping, not exclusive | done: the source stays told to stop, nobody waits for it |
 *
 * @throws DomainError MOVE_UNKNOWN; MOVE_STATE_CONFLICT where there is nobody to wait for, or only
 * the target.
 */
export function forceMove(
  runner: TransactionRunner,
  fleetId: number,
  moveId: string,
  requestedBy: string,
): Promise<void> {
  return changeOwnership(runner, fleetId, 'force-move', async (change) => {
    const move = await lockMove(change, moveId);
    assertUnderWay(move);
    recordForce(change, move, requestedBy);
    if (move.state === 'preparing') return beginStopping(change, [move.moveId]);
    if (move.state === 'stopping' && !move.exclusive) {
      return finishMoves(change, [move.moveId], 'forced: the source has not said that it stopped');
    }
    if (move.state === 'stopping' && !move.isOrphaned) {
      const reason = `move ${moveId} was forced`;
      return fence(change, move.fromServerId, { reason, requestedBy });
    }
    throw new DomainError('MOVE_STATE_CONFLICT', describeUnforceable(move));
  });
}

function recordForce(change: OwnershipChange, move: OrderedMove, requestedBy: string): void {
  const { streamId, fromServerId, toServerId, state } = move;
  change.record({
    kind: 'move.forced',
    severity: 'WARNING',
    streamId,
    serverId: toServerId,
    message: `move from ${fromServerId} to ${toServerId} forced by ${requestedBy} while ${state}`,
    detail: { fromServerId, toServerId, state, requestedBy },
  });
}

function assertUnderWay({ state }: OrderedMove): void {
  if (state !== 'done' && state !== 'aborted' && state !== 'cancelled') return;
  throw new DomainError('MOVE_STATE_CONFLICT', `the move is over: it is ${state}`);
}

function describeUnforceable({ state, toServerId }: OrderedMove): string {
  if (state === 'planned') return 'the move has not begun: its rebalance begins it within budgets';
  if (state === 'stopping') return 'the source is over; the target waits for the end of its lease';
  return `it waits for ${toServerId} to start the stream, which nobody can do for it`;
}
