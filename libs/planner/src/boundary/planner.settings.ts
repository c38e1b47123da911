/** What an operator can set about planning. */
export interface PlannerSettings {
  /** False: nothing is moved to even out load; placing, failover and draining go on. */
  readonly balanceEnabled: boolean;
  /** An instance is hot or cold only beyond this share of the mean utilisation from it. Ratio. */
  readonly relativeBand: number;
  /** And only beyond this much utilisation from the mean: share of capacity. Ratio. */
  readonly absoluteBand: number;
  /** A stream that was moved is not balanced again for this long. In ms. */
  readonly cooldownMs: number;
  /**
   * A balancing move must gain more than this share of what its stream weighs, times its
   * `moveCost`.
   */
  readonly moveCostShare: number;
  /** Moves in one plan, for whatever reason. Placements are never limited. */
  readonly maxMovesPerPlan: number;
  /** Moves in the plan and under way, together. */
  readonly maxMovesInFlight: number;
  /** Balancing moves from or to one instance, those under way counted. */
  readonly maxMovesInFlightPerInstance: number;
  /** Streams for which one plan makes room by shifting others. */
  readonly maxMakeRoomStreams: number;
  /** Streams shifted to make room for one. */
  readonly maxMakeRoomShifts: number;
  /**
   * Pairs of stream and instance weighed before the search gives up. Bounds balancing, drains and
   * making room; reading the fleet and placing what runs nowhere always go to their end.
   */
  readonly maxEvaluated: number;
}

/** Each default and its reason. */
export const defaultPlannerSettings: PlannerSettings = {
  balanceEnabled: true,
  // Measured loads jitter by a few percent; 10 % is beyond that, and below what people notice.
  relativeBand: 0.1,
  // Of an almost idle fleet, 10 % of the mean is next to nothing: not worth an interruption.
  absoluteBand: 0.02,
  // Longer than the average over which a load is measured, so that a move is judged by its effect.
  cooldownMs: 60_000,
  // A move that only swaps the hot end for the cold one gains little of its weight; this refuses
  // it.
  moveCostShare: 0.1,
  // One plan is applied in few transactions; the next comes within a second.
  maxMovesPerPlan: 500,
  // As many handoffs as a small fleet does at once without being busy with nothing else.
  maxMovesInFlight: 500,
  // A joining instance starts streams one by one; 50 at a time keeps each start short.
  maxMovesInFlightPerInstance: 50,
  // Making room is a search per stream; what remains is tried again by the next plan.
  maxMakeRoomStreams: 16,
  // More interruptions than this are too high a price for one placement.
  maxMakeRoomShifts: 8,
  // A bound of work, not of time: far more than a settled fleet needs, and not without end.
  maxEvaluated: 20_000_000,
};
