import type { MoveState } from './move';

/**
 * planning: asked for, not yet planned. running: its moves begin within the budgets. paused: none
 * begins, those under way end. cancelled, done, failed: over.
 */
export type RebalanceState = 'planning' | 'running' | 'paused' | 'cancelled' | 'done' | 'failed';

export const REBALANCE_STATES: readonly RebalanceState[] = [
  'planning',
  'running',
  'paused',
  'cancelled',
  'done',
  'failed',
];

/** Moves of one rebalance: when nothing is said, and the most that may be asked for. */
export const REBALANCE_MOVES_DEFAULT = 1_000;
export const REBALANCE_MOVES_MAX = 100_000;

/** A rebalance as operators see it. */
export interface RebalanceView {
  readonly planId: string;
  readonly state: RebalanceState;
  readonly reason: string | null;
  readonly requestedBy: string;
  readonly maxMoves: number;
  readonly ignoreCooldown: boolean;
  /** How many of its moves are in each state. */
  readonly progress: Readonly<Record<MoveState, number>>;
  /** What came of it; null while it is not over. */
  readonly outcome: string | null;
  /** How good the assignment was when it was planned, and is to be. */
  readonly scores: Readonly<Record<string, unknown>> | null;
  /** How long the rest takes at the pace so far, in ms; null when too little is known. */
  readonly remainingMs: number | null;
  readonly createdAt: string;
  readonly plannedAt: string | null;
  readonly updatedAt: string;
  readonly finishedAt: string | null;
}
