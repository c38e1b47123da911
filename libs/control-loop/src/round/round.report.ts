import type { Scores } from '@weir/planner';

/** What one round did. Counts of streams unless the name says otherwise. */
export interface RoundReport {
  readonly placed: number;
  readonly movesStarted: number;
  readonly movesDone: number;
  readonly movesAborted: number;
  /** Moves under way, and moves of a rebalance that have not begun, as of the round's read. */
  readonly movesUnderWay: number;
  readonly movesPlanned: number;
  /** Writes that no longer fitted the truth and were dropped. */
  readonly conflicts: number;
  readonly unplaced: number;
  /** How long the planner took, in ms; null when there was nothing to plan. */
  readonly planMs: number | null;
  /** How good the assignment is once the plan's steps are done; null when there was no plan. */
  readonly scores: Scores | null;
  /** When there is something to do again, in ms; undefined: by cadence. */
  readonly dueInMs: number | undefined;
}
