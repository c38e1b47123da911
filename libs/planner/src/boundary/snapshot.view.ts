/**
 * ready: may receive streams. cordoned: keeps what it has, receives nothing. flapping: the same,
 * for a while, because it came back too often. draining: is being emptied. lost: gone; what it
 * owned has no owner any more.
 */
export type InstanceStatus = 'ready' | 'cordoned' | 'flapping' | 'draining' | 'lost';

/** One instance as the planner sees it. */
export interface InstanceView {
  readonly serverId: string;
  readonly status: InstanceStatus;
  /** Failure domain; instances without one share a nameless zone. */
  readonly zone?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * `streams`: how many streams it may hold. Every other name is a resource in a unit of the
   * fleet's own (`cpuCores`, `memoryMb`, ...); one that is not named here is not limited here.
   */
  readonly capacity: { readonly streams: number; readonly [resource: string]: number };
  /** 0..1, default 1: scales the share of the load that it should be given, never its limits. */
  readonly performance?: number;
}

/** One stream as the planner sees it. */
export interface StreamView {
  readonly streamId: string;
  /** `weight`: demand in the fleet's own unit. Other names: what it takes of that resource. */
  readonly load: { readonly weight: number; readonly [resource: string]: number };
  /** Higher is placed first; default 5. */
  readonly priority?: number;
  /**
   * Ownership policy; default true. Capacity is counted at both ends of a move either way, which is
   * what a move that overlaps needs and more than one that does not.
   */
  readonly exclusive?: boolean;
  /** `serverId` of the instance that runs it; one that is lost or unknown counts as none. */
  readonly owner?: string;
  /** When the owner got it, in ms on the clock of `now`. */
  readonly assignedAt?: number;
  /** When it was last moved, in ms on the clock of `now`. */
  readonly lastMovedAt?: number;
  /** What a move of it costs, relative to an ordinary stream; default 1. */
  readonly moveCost?: number;
  /** Labels that its instance must have, all of them. */
  readonly requires?: Readonly<Record<string, string>>;
  /** Labels that its instance must not have, any of them. */
  readonly avoid?: Readonly<Record<string, string>>;
  /** Never two of a group on one instance; evenly over zones. */
  readonly spreadGroup?: string;
  /** Instances on which it failed: avoided while anything else fits. */
  readonly failedOn?: readonly string[];
  /** False: is not placed and not moved. Default true. */
  readonly enabled?: boolean;
}

/** A move under way: its stream is left alone and counted at both ends. */
export interface MoveView {
  readonly streamId: string;
  readonly from?: string;
  readonly to: string;
}

/**
 * A consistent, immutable read of one fleet. Ids are unique; the order of the arrays is of no
 * account.
 */
export interface FleetSnapshot {
  readonly instances: readonly InstanceView[];
  readonly streams: readonly StreamView[];
  /** Moves under way. */
  readonly moves?: readonly MoveView[];
}
