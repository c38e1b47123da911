import { PlanBasis, applyPlacements, startMoves } from '@weir/database';
import type { MoveWrite, PlacementWrite, TransactionRunner } from '@weir/database';
import type { FleetSettings } from '@weir/domain';
import type { Plan, Step, StepReason } from '@weir/planner';
import type { FleetCache } from '@weir/planning';

/** Placements in one transaction: long enough to be cheap, short enough to let a takeover pass. */
const PLACEMENTS_PER_TRANSACTION = 5_000;

export interface AppliedPlan {
  readonly placed: number;
  readonly movesStarted: number;
  readonly conflicts: number;
  /** False when `mayGoOn` ended it early, or something overtook it. */
  readonly isComplete: boolean;
  /** Another replica's plan or an edit came before the end of it; the rest was dropped. */
  readonly isOvertaken: boolean;
}

export interface ApplyContext {
  readonly runner: TransactionRunner;
  readonly fleetId: number;
  readonly cache: FleetCache;
  readonly settings: FleetSettings;
  /** False when the plan before this one was overtaken: edits must not stop every plan. */
  readonly heedsEdits: boolean;
  /** Asked between two transactions; false leaves the rest to the next round. */
  readonly mayGoOn: () => boolean;
}

/**
 * Writes a plan in guarded transactions, placements first. What no longer fits is dropped and
 * counted: the next round sees the truth. `cache` is as the plan was made from.
 */
export async function applyPlan(plan: Plan, context: ApplyContext): Promise<AppliedPlan> {
  const { runner, fleetId, cache, settings } = context;
  const basis = new PlanBasis(cache.since.revision, context.heedsEdits);
  const placements = orderPlacements(plan.placements, cache);
  const { placed, offered } = await writePlacements(placements, basis, context);
  const moves = toMoveWrites(plan.moves, context);
  const rules = {
    stepTimeoutMs: settings.moveStepTimeoutMs,
    prepareTimeoutMs: settings.movePrepareTimeoutMs,
    inFlightMax: settings.movesInFlightMax,
    inFlightPerInstanceMax: settings.movesInFlightPerInstanceMax,
    basis,
  };
  const started = await startMoves(runner, fleetId, moves, rules);
  const conflicts = offered - placed + (moves.length - started.length);
  const { isOvertaken } = basis;
  const isComplete = offered === placements.length && !isOvertaken;
  return { placed, movesStarted: started.length, conflicts, isComplete, isOvertaken };
}

async function writePlacements(
  placements: readonly PlacementWrite[],
  basis: PlanBasis,
  { runner, fleetId, mayGoOn }: ApplyContext,
): Promise<{ readonly placed: number; readonly offered: number }> {
  let placed = 0;
  let offered = 0;
  while (offered < placements.length) {
    if (offered > 0 && (basis.isOvertaken || !mayGoOn())) break;
    const batch = placements.slice(offered, offered + PLACEMENTS_PER_TRANSACTION);
    const granted = await applyPlacements(runner, fleetId, batch, basis);
    offered += batch.length;
    placed += granted.length;
  }
  return { placed, offered };
}

/**
 * Highest priority first; among equals those that ran before (somebody notices their absence)
 * before those that never did; else as planned.
 */
function orderPlacements(steps: readonly Step[], cache: FleetCache): PlacementWrite[] {
  const ranked = steps.flatMap((step) => {
    const stream = cache.streams.get(step.streamId);
    if (!stream) return [];
    const { epoch, priority } = stream.row;
    const { streamId, to, reason, gain, cost } = step;
    const why = { reason, gain, cost };
    const write = {
      streamId,
      serverId: to,
      expectedEpoch: epoch,
      ...incarnationOf(to, cache),
      ...why,
    };
    return [{ write, rank: priority * 2 + (epoch > 0 ? 1 : 0) }];
  });
  return ranked.sort((a, b) => b.rank - a.rank).map(({ write }) => write);
}

/** Reasons that keep no promise waiting: such moves spare their instances, as the planner does. */
const CAN_WAIT: ReadonlySet<StepReason> = new Set(['balance', 'join']);

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
        ...incarnationOf(step.to, cache),
        reason: step.reason,
        gain: step.gain,
        cost: step.cost,
        sparesInstances: CAN_WAIT.has(step.reason),
      },
    ];
  });
  return writes.slice(0, budget);
}

/** The incarnation that the plan knew of a target: another one may have less room. */
function incarnationOf(serverId: string, cache: FleetCache): { expectedIncarnation?: number } {
  const incarnation = cache.instances.incarnationOf(serverId);
  return incarnation === undefined ? {} : { expectedIncarnation: incarnation };
}
