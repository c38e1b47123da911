import { applyPlacements, startMoves } from '@weir/database';
import type { MoveWrite, PlacementWrite, TransactionRunner } from '@weir/database';
import type { FleetSettings } from '@weir/domain';
import type { Plan, Step } from '@weir/planner';
import type { FleetCache } from '@weir/planning';

/** Placements in one transaction: long enough to be cheap, short enough to let a takeover pass. */
const PLACEMENTS_PER_TRANSACTION = 5_000;

export interface AppliedPlan {
  readonly placed: number;
  readonly movesStarted: number;
  readonly conflicts: number;
  /** False when `mayGoOn` ended it early. */
  readonly isComplete: boolean;
}

export interface ApplyContext {
  readonly runner: TransactionRunner;
  readonly fleetId: number;
  readonly cache: FleetCache;
  readonly settings: FleetSettings;
  /** Asked between two transactions; false leaves the rest to the next round. */
  readonly mayGoOn: () => boolean;
}

/**
 * Writes a plan in guarded transactions, placements first. What no longer fits is dropped and
 * counted: the next round sees the truth.
 */
export async function applyPlan(plan: Plan, context: ApplyContext): Promise<AppliedPlan> {
  const placements = orderPlacements(plan.placements, context.cache);
  let placed = 0;
  let offered = 0;
  let isComplete = true;
  for (let at = 0; at < placements.length; at += PLACEMENTS_PER_TRANSACTION) {
    if (at > 0 && !context.mayGoOn()) {
      isComplete = false;
      break;
    }
    const batch = placements.slice(at, at + PLACEMENTS_PER_TRANSACTION);
    const granted = await applyPlacements(context.runner, context.fleetId, batch);
    offered += batch.length;
    placed += granted.length;
  }
  const moves = toMoveWrites(plan.moves, context);
  const { runner, fleetId, settings } = context;
  const started = await startMoves(runner, fleetId, moves, settings.moveStepTimeoutMs);
  const conflicts = offered - placed + (moves.length - started.length);
  return { placed, movesStarted: started.length, conflicts, isComplete };
}

/**
 * Highest priority first; among equals those that ran before (somebody notices their absence)
 * before those
 * that never did; else as planned.
 */
function orderPlacements(steps: readonly Step[], cache: FleetCache): PlacementWrite[] {
  const ranked = steps.flatMap((step) => {
    const stream = cache.streams.get(step.streamId);
    if (!stream) return [];
    const { epoch, priority } = stream.row;
    const { streamId, to, reason, gain, cost } = step;
    const write = { streamId, serverId: to, expectedEpoch: epoch, reason, gain, cost };
    return [{ write, rank: priority * 2 + (epoch > 0 ? 1 : 0) }];
  });
  return ranked.sort((a, b) => b.rank - a.rank).map(({ write }) => write);
}

/** As many moves as the fleet's budget leaves beside those under way. */
function toMoveWrites(steps: readonly Step[], { cache, settings }: ApplyContext): MoveWrite[] {
  const budget = Math.max(0, settings.movesInFlightMax - cache.moves.length);
  const writes = steps.flatMap((step) => {
    const row = cache.streams.get(step.streamId)?.row;
    if (!row || row.serverId === null) return [];
    return [
      {
        streamId: step.streamId,
        fromServerId: row.serverId,
        toServerId: step.to,
        expectedEpoch: row.epoch,
        reason: step.reason,
        gain: step.gain,
        cost: step.cost,
      },
    ];
  });
  return writes.slice(0, budget);
}
