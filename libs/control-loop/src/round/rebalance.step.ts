import {
  PlanBasis,
  listPlannedMoves,
  settleRebalance,
  startMoves,
  storePlannedMoves,
} from '@weir/database';
import type {
  DroppedMove,
  LiveRebalance,
  PlannedMove,
  PlannedMoveWrite,
  TransactionRunner,
} from '@weir/database';
import type { FleetSettings } from '@weir/domain';
import { checkMoves, plan } from '@weir/planner';
import type { Plan, PlannerSettings, Step } from '@weir/planner';
import { buildSnapshot, toPlannerSettings } from '@weir/planning';
import type { FleetCache } from '@weir/planning';

/** What a rebalance is carried out with. */
export interface RebalanceContext {
  readonly runner: TransactionRunner;
  readonly fleetId: number;
  /** The fleet as of this round's read; nothing was written since. */
  readonly cache: FleetCache;
  readonly settings: FleetSettings;
}

/** What one step of it did. */
export interface RebalanceStep {
  readonly movesStarted: number;
  /** There is more to do at once. */
  readonly hasMore: boolean;
}

const NOTHING: RebalanceStep = { movesStarted: 0, hasMore: false };

/** Planned moves that one round looks at: those of busy instances must not hide the others. */
const LOOK_AHEAD_MOVES = 1_000;

/**
 * Goes on with the rebalance of a fleet: plans it, begins as many of its moves as the budgets
 * leave, drops those that no longer fit, and ends it. Each part is one transaction that any replica
 * may take; what a killed one left is found in the rows.
 */
export async function stepRebalance(
  rebalance: LiveRebalance,
  context: RebalanceContext,
): Promise<RebalanceStep> {
  if (rebalance.state === 'running') return runRebalance(rebalance, context);
  if (rebalance.state !== 'planning') return NOTHING;
  await planRebalance(rebalance, context);
  return { movesStarted: 0, hasMore: true };
}

/**
 * Balances as evenly as moves gain anything: hysteresis is for what happens by itself. Cooldowns
 * hold unless they were to be ignored; budgets are for when the moves begin.
 */
function settingsOf(rebalance: LiveRebalance, settings: FleetSettings): PlannerSettings {
  return {
    ...toPlannerSettings(settings),
    balanceEnabled: true,
    relativeBand: 0,
    absoluteBand: 0,
    ...(rebalance.ignoresCooldown && { cooldownMs: 0 }),
    maxMovesPerPlan: rebalance.maxMoves,
    maxMovesInFlight: Number.MAX_SAFE_INTEGER,
    maxMovesInFlightPerInstance: Number.MAX_SAFE_INTEGER,
  };
}

/** Reasons of moves that are a rebalance's; all others the control loop begins by itself. */
const EVENING_OUT: ReadonlySet<Step['reason']> = new Set(['balance', 'join']);

async function planRebalance(
  rebalance: LiveRebalance,
  { runner, fleetId, cache, settings }: RebalanceContext,
): Promise<void> {
  const { snapshot } = buildSnapshot(cache);
  const made = plan(snapshot, settingsOf(rebalance, settings), {
    now: cache.databaseNowMs,
    seed: fleetId,
  });
  const moves = made.moves
    .filter(({ reason }) => EVENING_OUT.has(reason))
    .flatMap((step) => toPlannedMove(step, cache));
  await storePlannedMoves(runner, fleetId, {
    planId: rebalance.planId,
    moves,
    scores: { before: made.before, after: made.after },
    whyNone: describeNone(made),
  });
}

function toPlannedMove(step: Step, cache: FleetCache): PlannedMoveWrite[] {
  const row = cache.streams.get(step.streamId)?.row;
  if (!row || row.serverId === null) return [];
  const { streamId, to: toServerId, reason, gain, cost } = step;
  const { serverId: fromServerId, epoch } = row;
  return [{ streamId, fromServerId, toServerId, epoch, reason, gain, cost }];
}

function describeNone({ before }: Plan): string {
  const percent = (ratio: number): string => `${(100 * ratio).toFixed(1)} %`;
  return (
    `no move gains more than it costs: the hottest instance is at ${percent(before.peak)}, ` +
    `the mean at ${percent(before.mean)}`
  );
}

async function runRebalance(
  rebalance: LiveRebalance,
  context: RebalanceContext,
): Promise<RebalanceStep> {
  const { runner, fleetId, cache, settings } = context;
  const { planId } = rebalance;
  if (rebalance.planned + rebalance.live === 0) {
    await settleRebalance(runner, fleetId, planId, []);
    return NOTHING;
  }
  const hasBudget = cache.moves.length < settings.movesInFlightMax;
  if (rebalance.planned === 0 || !hasBudget) return NOTHING;
  const next = await listPlannedMoves(runner, fleetId, planId, LOOK_AHEAD_MOVES);
  const { fitting, dropped } = sortOut(next, context);
  if (dropped.length > 0) await settleRebalance(runner, fleetId, planId, dropped);
  const started = await startMoves(
    runner,
    fleetId,
    fitting.map((move) => toMoveWrite(move, cache)),
    {
      stepTimeoutMs: settings.moveStepTimeoutMs,
      prepareTimeoutMs: settings.movePrepareTimeoutMs,
      inFlightMax: settings.movesInFlightMax,
      inFlightPerInstanceMax: settings.movesInFlightPerInstanceMax,
      basis: new PlanBasis(cache.since.revision),
    },
  );
  return { movesStarted: started.length, hasMore: dropped.length === next.length };
}

interface SortedOut {
  readonly fitting: readonly PlannedMove[];
  readonly dropped: readonly DroppedMove[];
}

/** A move whose stream is in another move now only waits; all else that forbids it drops it. */
function sortOut(next: readonly PlannedMove[], context: RebalanceContext): SortedOut {
  const { cache, settings } = context;
  const { snapshot } = buildSnapshot(cache);
  const leftovers = new Set(cache.leftovers.map((one) => `${one.streamId}@${one.serverId}`));
  const wanted = next.map(({ streamId, toServerId }) => ({ streamId, to: toServerId }));
  const forbidden = checkMoves(snapshot, toPlannerSettings(settings), wanted);
  const fitting: PlannedMove[] = [];
  const dropped: DroppedMove[] = [];
  for (const [index, move] of next.entries()) {
    const reasons = forbidden[index] ?? [];
    const error = whyOutdated(move, cache) ?? whyForbidden(move, reasons, leftovers);
    if (error !== undefined) dropped.push({ moveId: move.moveId, error });
    else if (reasons.length === 0) fitting.push(move);
  }
  return { fitting, dropped };
}

function whyOutdated(move: PlannedMove, cache: FleetCache): string | undefined {
  const row = cache.streams.get(move.streamId)?.row;
  if (!row?.isWanted) return 'the stream is not wanted any more';
  if (row.serverId === move.fromServerId && row.epoch === move.epoch) return undefined;
  if (row.serverId === null) return 'the stream has lost its owner since it was planned';
  if (row.serverId === move.fromServerId) return 'the stream was granted anew since it was planned';
  return `the stream is on ${row.serverId} by now`;
}

function whyForbidden(
  { streamId, toServerId }: PlannedMove,
  reasons: readonly string[],
  leftovers: ReadonlySet<string>,
): string | undefined {
  if (reasons.includes('moving')) return undefined;
  if (reasons.length > 0) return `${toServerId} cannot take it any more: ${reasons.join(', ')}`;
  if (!leftovers.has(`${streamId}@${toServerId}`)) return undefined;
  return `${toServerId} still has to stop what it ran of it before`;
}

function toMoveWrite(move: PlannedMove, cache: FleetCache) {
  const incarnation = cache.instances.incarnationOf(move.toServerId);
  return {
    ...move,
    expectedEpoch: move.epoch,
    ...(incarnation !== undefined && { expectedIncarnation: incarnation }),
    plannedMoveId: move.moveId,
    sparesInstances: true,
  };
}
