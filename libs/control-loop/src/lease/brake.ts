import type { Severity } from '@weir/domain';

/**
 * mass-loss: too much of the fleet would be lost at once. control-plane: instances could not
 * report,
 * or we could not see it. frozen: an operator said so.
 */
export type BrakeKind = 'mass-loss' | 'control-plane' | 'frozen';

/** A brake that holds now. `since` in ms of the monotonic clock. */
export interface EngagedBrake {
  readonly kind: BrakeKind;
  readonly since: number;
}

/** A brake that engaged or let go, for the fleet's history. */
export interface BrakeChange {
  readonly kind: BrakeKind;
  readonly change: 'engaged' | 'released';
  readonly severity: Severity;
  readonly message: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Follows which brakes hold, and says what changed. */
export class BrakeBoard {
  private readonly engaged = new Map<BrakeKind, EngagedBrake>();

  get list(): readonly EngagedBrake[] {
    return [...this.engaged.values()];
  }

  has(kind: BrakeKind): boolean {
    return this.engaged.has(kind);
  }

  /** @returns what it became, or undefined when it was so already. */
  set(kind: BrakeKind, isEngaged: boolean, now: number): 'engaged' | 'released' | undefined {
    if (isEngaged === this.engaged.has(kind)) return undefined;
    if (isEngaged) this.engaged.set(kind, { kind, since: now });
    else this.engaged.delete(kind);
    return isEngaged ? 'engaged' : 'released';
  }
}
