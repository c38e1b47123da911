import type { BrakeKind, Severity } from '@weir/domain';

/** A brake that holds now. Times in ms of the monotonic clock. */
export interface EngagedBrake {
  readonly kind: BrakeKind;
  readonly since: number;
  /** When it lets go by itself, as far as can be said; undefined: not by itself. */
  readonly endsAt: number | undefined;
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
  private readonly sinceByKind = new Map<BrakeKind, number>();

  /** @param endsAt when each lets go by itself */
  list(endsAt: (kind: BrakeKind) => number | undefined): EngagedBrake[] {
    return [...this.sinceByKind].map(([kind, since]) => ({ kind, since, endsAt: endsAt(kind) }));
  }

  has(kind: BrakeKind): boolean {
    return this.sinceByKind.has(kind);
  }

  /** @returns what it became, or undefined when it was so already. */
  set(kind: BrakeKind, isEngaged: boolean, now: number): 'engaged' | 'released' | undefined {
    if (isEngaged === this.sinceByKind.has(kind)) return undefined;
    if (isEngaged) this.sinceByKind.set(kind, now);
    else this.sinceByKind.delete(kind);
    return isEngaged ? 'engaged' : 'released';
  }
}
