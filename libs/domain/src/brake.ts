/**
 * A rule that holds automatic action back because acting would be worse.
 *
 * | brake | holds | while |
 * |---|---|---|
 * | control-plane | takeovers | instances could not report, and one whole lease after that |
 * | mass-loss | takeovers | too much of the fleet would be lost at once; `massLossHoldMs` at most |
 * | frozen | everything automatic | an operator says so |
 */
export type BrakeKind = 'mass-loss' | 'control-plane' | 'frozen';

/** A brake that holds now. */
export interface BrakeView {
  readonly brake: BrakeKind;
  /** Since when; null for a freeze, whose time is in the fleet's history. */
  readonly since: string | null;
  /** When it lets go by itself, as far as it can be said; null: not by itself. */
  readonly until: string | null;
  /** Whether POST .../brakes/release lets it go. */
  readonly isReleasable: boolean;
  /** Replicas of balancer-worker that hold it; empty for a freeze, which is a setting. */
  readonly replicas: readonly string[];
}

/** That an operator let a brake go: until `until` it does not engage again. */
export interface BrakeRelease {
  readonly brake: BrakeKind;
  readonly at: string;
  readonly until: string;
  readonly releasedBy: string;
  readonly reason: string;
}

export interface FleetBrakes {
  readonly brakes: readonly BrakeView[];
  /** Releases that still count. */
  readonly releases: readonly BrakeRelease[];
}

/** How a replica of balancer-worker tells of a brake with its beat. Durations in ms. */
export interface BrakeBeat {
  readonly fleet: string;
  readonly kind: BrakeKind;
  readonly forMs: number;
  /** Null: not by itself. */
  readonly endsInMs: number | null;
}
