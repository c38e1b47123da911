import type { StepReason } from './plan.view';

/** What the choice of an instance for a stream is made of, term by term. */
export interface ScoreTerms {
  /** Utilisation of the instance without the stream. */
  readonly utilisationWithout: number;
  /** Utilisation of the instance with the stream: the lowest is chosen. */
  readonly utilisationWith: number;
  /** Others of its spread group in the instance's zone: the lowest goes before utilisation. */
  readonly groupInZone: number;
  /** True: it failed there before, so everything else that fits is chosen first. */
  readonly hasFailedThere: boolean;
  /** By how much the hotter of the two ends would cool by moving it there; 0 without an owner. */
  readonly gain: number;
  /** What moving it there would cost; balancing moves it only if `gain` is higher. */
  readonly cost: number;
}

/** The dead band of the instances that can exchange streams with one, in utilisation. */
export interface BandTerms {
  /** Utilisation if the load were even over them. */
  readonly mean: number;
  /** Balancing takes from those above this ... */
  readonly hotAbove: number;
  /** ... and gives to those below this. */
  readonly coldBelow: number;
}

/**
 * Something that keeps the stream from going to an instance.
 * forbidden: a rule; disabled, moving: nothing is planned for the stream now. failed: it failed
 * there, and everything else that fits comes first. balanceOff: evening out is switched off.
 * cooldown: it moved a moment ago. band: its owner is not hot and the instance not cold. gain: a
 * move would gain less than it costs. notBest: another instance is the better choice.
 */
export type ObstacleRule =
  | 'forbidden'
  | 'disabled'
  | 'moving'
  | 'failed'
  | 'balanceOff'
  | 'cooldown'
  | 'band'
  | 'gain'
  | 'notBest';

export interface Obstacle {
  readonly rule: ObstacleRule;
  /** What would have to change, in words and figures. */
  readonly change: string;
  /**
   * How much is missing: ms for cooldown, utilisation for band, gain and notBest, the resource's
   * own unit for a forbidding capacity; absent where there is nothing to measure.
   */
  readonly missing?: number;
}

export interface InstanceExplanation {
  readonly serverId: string;
  readonly isOwner: boolean;
  /** Every rule that forbids it there, in the words of `unplaced`; empty: it may be there. */
  readonly forbiddenBy: readonly string[];
  /**
   * What would have to change for the stream to go there; empty where it is, and where the next
   * plan would or may put it.
   */
  readonly obstacles: readonly Obstacle[];
  /** Absent when forbidden. */
  readonly score?: ScoreTerms;
  /** Absent unless ready: only ready instances are balanced. */
  readonly band?: BandTerms;
}

export interface Explanation {
  readonly streamId: string;
  /** Its live owner. */
  readonly owner?: string;
  /** Why it has to leave its owner, whatever balancing says; absent when it may stay. */
  readonly mustLeave?: StepReason;
  /** By serverId. */
  readonly instances: readonly InstanceExplanation[];
}
