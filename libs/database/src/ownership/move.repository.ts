import type { TransactionRunner } from '../resilience/transaction-runner';
import { BEGIN_MOVES, CHOOSE_MOVES } from './move.start.sql';
import type { OwnershipChange } from './ownership.transaction';
import { changeByPlan } from './plan.basis';
import type { PlanBasis } from './plan.basis';

/** A move to begin, if the stream is still owned as the plan thought. */
export interface MoveWrite {
  readonly streamId: string;
  readonly fromServerId: string;
  readonly toServerId: string;
  readonly expectedEpoch: number;
  /** Of the target, whose capacity and labels the decision was based on; undefined: any. */
  readonly expectedIncarnation?: number;
  readonly reason: string;
  readonly gain: number;
  readonly cost: number;
  /** The planned move that this is the beginning of; undefined: a new one. */
  readonly plannedMoveId?: number;
  /** It can wait: it answers to the budgets of its two instances too, not only to the fleet's. */
  readonly sparesInstances?: boolean;
}

export interface StartedMove {
  readonly moveId: number;
  readonly streamId: string;
  readonly fromServerId: string;
  readonly toServerId: string;
}

/** How moves are begun. */
export interface MoveRules {
  /** How long a source may take to stop, and a target to start, before the move is aborted. */
  readonly stepTimeoutMs: number;
  /** How long a target may take to prepare; undefined: as long as a step. */
  readonly prepareTimeoutMs?: number;
  /** What the plan was made from: when another plan was written since, no move begins. */
  readonly basis?: PlanBasis;
  /** Moves under way at once in the fleet, and from or to one instance; undefined: any number. */
  readonly inFlightMax?: number;
  readonly inFlightPerInstanceMax?: number;
  /** Who wanted it; undefined: the control loop. */
  readonly requestedBy?: string;
}

/** More than any fleet has. */
const ANY_NUMBER = 2 ** 31 - 1;

/**
 * Begins moves. The target of an exclusive stream is told to prepare it, that of another one to run
 * it beside the source; both hold room from now on, and nothing happens at the source yet. The rest
 * follows acknowledgement by acknowledgement (end.acknowledgement.ts, handoff.ts). A move whose
 * stream changed, whose target has no room, has no lease or registered anew, or for which a budget
 * is used up, is dropped.
 */
export function startMoves(
  runner: TransactionRunner,
  fleetId: number,
  moves: readonly MoveWrite[],
  rules: MoveRules,
): Promise<StartedMove[]> {
  if (moves.length === 0) return Promise.resolve([]);
  const part = { operation: 'move', basis: rules.basis };
  return changeByPlan(runner, fleetId, part, (change) => beginMoves(change, moves, rules));
}

interface ChosenMove {
  readonly streamId: string;
  readonly fromServerId: string;
  readonly toServerId: string;
  readonly exclusive: boolean;
  readonly toIncarnation: number;
  /** In the list of wanted ones. */
  readonly position: number;
}

/** As startMoves, inside a change that is under way. */
export async function beginMoves(
  change: OwnershipChange,
  moves: readonly MoveWrite[],
  rules: MoveRules,
): Promise<StartedMove[]> {
  const chosen = await change.sql.query<ChosenMove>(CHOOSE_MOVES, [
    change.fleetId,
    moves.map((move) => move.streamId),
    moves.map((move) => move.fromServerId),
    moves.map((move) => move.toServerId),
    moves.map((move) => move.expectedEpoch),
    moves.map((move) => move.expectedIncarnation ?? null),
    moves.map((move) => move.sparesInstances ?? false),
    rules.inFlightMax ?? ANY_NUMBER,
    rules.inFlightPerInstanceMax ?? ANY_NUMBER,
  ]);
  const pairs = chosen.flatMap((choice) => {
    const move = moves[choice.position];
    return move ? [{ choice, move }] : [];
  });
  if (pairs.length === 0) return [];
  const started = await change.sql.query<StartedMove>(BEGIN_MOVES, toColumns(change, pairs, rules));
  recordStarts(
    change,
    pairs.map(({ move }) => move),
    started,
  );
  return started;
}

function toColumns(
  change: OwnershipChange,
  pairs: readonly { readonly choice: ChosenMove; readonly move: MoveWrite }[],
  rules: MoveRules,
): unknown[] {
  return [
    change.fleetId,
    change.revision,
    change.generation,
    pairs.map(({ move }) => move.streamId),
    pairs.map(({ move }) => move.fromServerId),
    pairs.map(({ move }) => move.toServerId),
    pairs.map(({ choice }) => choice.toIncarnation),
    pairs.map(({ choice }) => choice.exclusive),
    pairs.map(({ move }) => move.expectedEpoch),
    pairs.map(({ move }) => move.reason),
    pairs.map(({ move }) => move.gain),
    pairs.map(({ move }) => move.cost),
    pairs.map(({ move }) => move.plannedMoveId ?? null),
    rules.prepareTimeoutMs ?? rules.stepTimeoutMs,
    rules.stepTimeoutMs,
    rules.requestedBy ?? null,
  ];
}

function recordStarts(
  change: OwnershipChange,
  moves: readonly MoveWrite[],
  started: readonly StartedMove[],
): void {
  const byId = new Map(moves.map((move) => [move.streamId, move]));
  for (const { streamId, fromServerId, toServerId } of started) {
    change.touch(toServerId);
    const move = byId.get(streamId);
    change.record({
      kind: 'move.started',
      streamId,
      serverId: toServerId,
      message: `moving from ${fromServerId} to ${toServerId} (${move?.reason ?? 'unknown'})`,
      detail: {
        fromServerId,
        toServerId,
        reason: move?.reason,
        gain: move?.gain,
        cost: move?.cost,
      },
    });
  }
}
