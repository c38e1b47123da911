import type { Ack, FleetSettings } from '@weir/domain';
import type { AckDecision, AckSender } from './acknowledgement.decision';
import { abortMoves } from './move.abort';
import { dropEndsAt } from './move.ends';
import { beginStopping, completeOverlap, finishSourcesOf } from './move.steps';
import type { OwnershipChange } from './ownership.transaction';

/** An ack of one end of a move, and what it means. */
interface DecidedEnd {
  readonly ack: Ack;
  readonly decision: AckDecision;
}

/**
 * Takes what instances say of their ends of moves: each step of a move begins in the transaction
 * that takes the end of the step before it.
 * While the fleet is frozen no source is told to stop: the control loop goes on with prepared moves
 * when it is not frozen any more.
 */
export async function applyEndAcks(
  change: OwnershipChange,
  { serverId }: AckSender,
  decided: readonly DecidedEnd[],
  { frozen: isFrozen }: FleetSettings,
): Promise<void> {
  const of = (kind: AckDecision['kind']) =>
    decided.flatMap(({ ack, decision }) =>
      decision.kind === kind && 'moveId' in decision
        ? [{ ack, streamId: ack.streamId, moveId: decision.moveId }]
        : [],
    );
  const prepared = of('prepared').map(({ moveId }) => moveId);
  await notePrepared(change, prepared);
  if (!isFrozen) await beginStopping(change, prepared);
  await completeOverlap(change, of('overlap'));
  await takeStopped(change, serverId, of('end-stopped'));
  for (const { ack, streamId, moveId } of of('end-given-up')) {
    await dropEndsAt(change, serverId, [streamId]);
    await abortMoves(change, {
      moveIds: [moveId],
      error: describeGivingUp(serverId, ack),
      blamesTarget: true,
    });
  }
}

async function notePrepared(change: OwnershipChange, moveIds: readonly number[]): Promise<void> {
  if (moveIds.length === 0) return;
  await change.sql.query(
    `update moves set prepared_at = coalesce(prepared_at, weir_now())
     where fleet_id = $1 and move_id = any($2) and state = 'preparing'`,
    [change.fleetId, moveIds],
  );
}

/** Sources that stopped what their targets took over end their moves. */
async function takeStopped(
  change: OwnershipChange,
  serverId: string,
  ends: readonly { readonly streamId: string; readonly moveId: number }[],
): Promise<void> {
  if (ends.length === 0) return;
  await dropEndsAt(
    change,
    serverId,
    ends.map(({ streamId }) => streamId),
  );
  await finishSourcesOf(
    change,
    serverId,
    ends.map(({ moveId }) => moveId),
  );
}

function describeGivingUp(serverId: string, { state, error }: Ack): string {
  if (state === 'stopped') return `${serverId} stopped it by itself`;
  return `${serverId} could not take it: ${error ?? 'no reason given'}`;
}
