/**
 * Why a step is taken.
 * orphaned: had no owner. failover: its owner is lost or unknown. drain: its owner is being
 * emptied. constraint: its owner has a label that it avoids, or not one that it requires. spread:
 * another of its group is there. capacity: its owner holds more than its limits. makeRoom: makes
 * room for a stream that fits nowhere. join: gives an empty instance its share. balance: evens the
 * load out.
 */
export type StepReason =
  | 'orphaned'
  | 'failover'
  | 'drain'
  | 'constraint'
  | 'spread'
  | 'capacity'
  | 'makeRoom'
  | 'join'
  | 'balance';

/** One stream gets an owner, or another one. */
export interface Step {
  readonly streamId: string;
  /** The owner so far; for a failover the lost one. */
  readonly from?: string;
  readonly to: string;
  readonly reason: StepReason;
  /**
   * What the step betters, as share of an instance's capacity (0.05 = 5 points). 1 for one that
   * mends: it restores a promise. For balance, by how much the hotter of its two ends cools; of an
   * exchange of several, its own cost and its part of what all of them gain beyond their costs. For
   * join, how much of its share the newcomer gets.
   */
  readonly gain: number;
  /** What the step costs, in the unit of `gain`; 0 for a placement, which interrupts nothing. */
  readonly cost: number;
}

export interface UnplacedStream {
  readonly streamId: string;
  /**
   * Reason -> how many instances it ruled out, each instance under the first rule that forbids it,
   * e.g. `{ "label region=eu": 3, "capacity streams": 2, "cordoned": 1 }`. A fleet without any
   * instance gives `{ "no instance": 0 }`.
   */
  readonly reasons: Readonly<Record<string, number>>;
}

/**
 * How good an assignment is. Utilisation: load / (capacity * performance), in the hottest resource.
 */
export interface Scores {
  /** Utilisation of the hottest instance that is not lost. */
  readonly peak: number;
  /** Utilisation if the load were even over the ready instances. */
  readonly mean: number;
  /** Utilisation of the hottest ready instance minus that of the coldest. */
  readonly spread: number;
  /** mean / peak of the ready instances: 1 is even, 0 is everything on one of very many. */
  readonly balance: number;
  /** Streams where their constraints forbid them, plus limits (instance and resource) exceeded. */
  readonly violations: number;
  /** Enabled streams without an owner. */
  readonly unplaced: number;
  /** Share of the load that would find no room if the worst instance, or zone, were lost now. */
  readonly headroomN1: number;
}

export interface PlanStats {
  /**
   * Rounds of balancing, the last one of which changed nothing unless something else stopped it.
   */
  readonly rounds: number;
  /** Pairs of stream and instance that were weighed. */
  readonly evaluated: number;
  /**
   * settled: nothing that it would do is left. budget: moves, or tries to make room, are left for a
   * later plan. effort: gave up searching.
   */
  readonly stoppedBy: 'settled' | 'budget' | 'effort';
}

/**
 * What to do, in the order in which it was decided. All its steps may be under way at the same
 * time.
 */
export interface Plan {
  /** Streams that had no owner. */
  readonly placements: readonly Step[];
  /** Streams that have one. */
  readonly moves: readonly Step[];
  readonly unplaced: readonly UnplacedStream[];
  readonly before: Scores;
  readonly after: Scores;
  readonly stats: PlanStats;
}
