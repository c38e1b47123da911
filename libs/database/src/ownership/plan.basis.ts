import type { TransactionRunner } from '../resilience/transaction-runner';
import { changeOwnership } from './ownership.transaction';
import type { OwnershipChange } from './ownership.transaction';

/**
 * The state of a fleet that a plan was made from. A plan fills room that it saw free. Slots are
 * counted again when it is written, resources and constraints are not (that would be a sum over
 * everything that each target holds, in every transaction). What keeps them is that no two plans
 * are written into each other: as soon as another plan was written that this one has not seen, the
 * rest of this one is dropped. The fleet's turn alone cannot promise that, because a replica loses
 * it without noticing when its connection goes. Edits of what streams take and of where they may
 * run overtake plans in the same way, but not two of one replica in a row: they may come without
 * end, and failover must not wait for that. What an edit breaks then, the next plan mends.
 */
export class PlanBasis {
  private isOver = false;

  /**
   * @param revision of the snapshot.
   * @param heedsEdits false when the plan before this one was overtaken.
   */
  constructor(
    private revision: number,
    private readonly heedsEdits = true,
  ) {}

  /** True when a write was dropped because another plan, or an edit, came first. */
  get isOvertaken(): boolean {
    return this.isOver;
  }

  isOlderThan({ planFence, editFence }: Fences): boolean {
    return this.revision < planFence || (this.heedsEdits && this.revision < editFence);
  }

  /** After a commit: the plan's own writes do not overtake it. */
  note(written: WrittenPart): void {
    if (written.isOvertaken) this.isOver = true;
    else this.revision = written.revision;
  }
}

type Fences = Pick<OwnershipChange, 'planFence' | 'editFence'>;

interface WrittenPart {
  readonly revision: number;
  readonly isOvertaken: boolean;
}

/** One transaction of a plan. */
export interface PlanPart {
  readonly operation: string;
  /** Undefined: it is nobody's plan but decided now; it overtakes plans and is never overtaken. */
  readonly basis: PlanBasis | undefined;
}

/**
 * As changeOwnership, for a part of a plan: does nothing when another plan was written after the
 * basis of this one, and overtakes every plan that has not seen it when it wrote something.
 * @returns what was written.
 */
export async function changeByPlan<T>(
  runner: TransactionRunner,
  fleetId: number,
  { operation, basis }: PlanPart,
  work: (change: OwnershipChange) => Promise<T[]>,
): Promise<T[]> {
  const written = await changeOwnership(runner, fleetId, operation, async (change) => {
    const { revision } = change;
    if (basis?.isOlderThan(change)) return { revision, isOvertaken: true, rows: [] };
    const rows = await work(change);
    if (rows.length > 0) change.raisePlanFence();
    return { revision, isOvertaken: false, rows };
  });
  basis?.note(written);
  return written.rows;
}
