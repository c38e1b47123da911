import type { MoveState } from '@weir/domain';
import type { TransactionRunner } from '../resilience/transaction-runner';
import { recordFailures } from './failure.repository';
import { getFleetSettings } from './fleet.repository';
import { handOver } from './handoff';
import { abortMoves, stopOnTargets } from './move.abort';
import { beginStopping, finishMoves } from './move.steps';
import { changeOwnership } from './ownership.transaction';
import type { OwnershipChange } from './ownership.transaction';

/** A move that does not wait for anybody any more, or has waited long enough. */
interface DueMove {
  readonly moveId: number;
  readonly streamId: string;
  readonly toServerId: string;
  readonly toIncarnation: number | null;
  readonly state: MoveState;
  readonly exclusive: boolean;
  /** The target owns the stream. */
  readonly isAtTarget: boolean;
  readonly isOrphaned: boolean;
  readonly isOverdue: boolean;
}

/**
 * When a live move is due: prepared while nobody could go on (the fleet was frozen), free to be
 * handed over since an old lease ended, or past its deadline. `m` is the move, `a` its assignment.
 */
export const IS_MOVE_DUE = `(m.deadline <= weir_now()
  or (m.state = 'preparing' and m.prepared_at is not null)
  or (m.exclusive and m.state in ('preparing', 'stopping') and a.server_id is null
    and (greatest(a.not_before, a.rest_until) is null
      or greatest(a.not_before, a.rest_until) <= weir_now())))`;

/** What the control loop does with a move that is due. */
type DueStep = 'stop-source' | 'hand-over' | DueEnd;
type DueEnd = 'give-up-target' | 'roll-back' | 'stop-target' | 'finish-without-source';

/**
 * First match wins:
 *
 * | due move | step |
 * |---|---|
 * | its stream is free | hand it over, or wait for what is left of a lease |
 * | prepared, in time | tell the source to stop |
 * | the target neither prepared nor started, as owner or beside one | it is to stop |
 * | the source did not stop, and still owns the stream | it runs on |
 * | the target owns it, the source did not stop | done, with a warning |
 */
function decideStep(move: DueMove): DueStep {
  if (move.exclusive && move.isOrphaned && !move.isOverdue) return 'hand-over';
  if (move.state === 'preparing' && !move.isOverdue) return 'stop-source';
  if (move.state === 'preparing') return 'give-up-target';
  if (move.state === 'starting') return move.isAtTarget ? 'stop-target' : 'give-up-target';
  return move.isAtTarget ? 'finish-without-source' : 'roll-back';
}

/** How each kind of end is told; what it does beside that is in `applyEnd`. */
const END_ERRORS: Record<DueEnd, string> = {
  'give-up-target': 'the target did not say in time that it is ready',
  'stop-target': 'the target did not say in time that it runs the stream',
  'roll-back': 'the source did not stop in time',
  'finish-without-source': 'the source has not said that it stopped',
};

/** Goes on with the moves that are due. @returns how many were. */
export function advanceMoves(runner: TransactionRunner, fleetId: number): Promise<number> {
  return changeOwnership(runner, fleetId, 'advance-moves', async (change) => {
    const due = await change.sql.query<DueMove>(
      `select m.move_id as "moveId", m.stream_id::text as "streamId", m.state, m.exclusive,
         m.to_server_id as "toServerId", m.to_incarnation as "toIncarnation",
         a.server_id is null as "isOrphaned",
         a.server_id is not distinct from m.to_server_id as "isAtTarget",
         m.deadline <= weir_now() as "isOverdue"
       from moves m join assignments a using (fleet_id, stream_id)
       where m.fleet_id = $1 and m.state in ('preparing', 'stopping', 'starting')
         and ${IS_MOVE_DUE} order by m.move_id`,
      [fleetId],
    );
    const of = (step: DueStep): DueMove[] => due.filter((move) => decideStep(move) === step);
    await beginStopping(change, idsOf(of('stop-source')));
    await handOver(
      change,
      of('hand-over').map(({ streamId }) => streamId),
    );
    await recordLateStarts(change, of('stop-target'));
    for (const end of Object.keys(END_ERRORS) as DueEnd[]) {
      await applyEnd(change, end, idsOf(of(end)));
    }
    if (due.length > 0) change.hasWork = true;
    return due.length;
  });
}

function idsOf(moves: readonly DueMove[]): number[] {
  return moves.map(({ moveId }) => moveId);
}

/** A target that owns the stream and does not start it has failed like any other owner. */
async function recordLateStarts(change: OwnershipChange, moves: readonly DueMove[]): Promise<void> {
  if (moves.length === 0) return;
  const settings = await getFleetSettings(change.sql, change.fleetId);
  const failures = moves.map(({ streamId, toServerId, toIncarnation }) => ({
    streamId,
    serverId: toServerId,
    incarnation: toIncarnation ?? 0,
    cause: 'start-timeout' as const,
    error: 'it was handed the stream and has not said that it runs it',
  }));
  await recordFailures(change, failures, settings);
}

async function applyEnd(
  change: OwnershipChange,
  end: DueEnd,
  moveIds: readonly number[],
): Promise<void> {
  const error = END_ERRORS[end];
  switch (end) {
    case 'finish-without-source':
      return finishMoves(change, moveIds, error);
    case 'stop-target':
      await stopOnTargets(change, moveIds);
      await abortMoves(change, { moveIds, error });
      return;
    case 'give-up-target':
      await abortMoves(change, { moveIds, error, blamesTarget: true });
      return;
    case 'roll-back':
      await abortMoves(change, { moveIds, error });
      return;
  }
}
