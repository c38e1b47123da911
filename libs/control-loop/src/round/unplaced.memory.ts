import { writeUnplaced } from '@weir/database';
import type { TransactionRunner, Unplaced } from '@weir/database';

/** Reasons written in one transaction, and most of them in one round: the rest follows. */
const UNPLACED_PER_TRANSACTION = 2_000;
const UNPLACED_PER_ROUND = 10_000;

/** A stream that no instance can take, as the planner said it of this epoch. */
export interface UnplacedNow extends Unplaced {
  readonly epoch: number;
}

/**
 * Which reasons are stored already, so that only those that changed are written. A grant clears
 * what is stored and raises the epoch, so reasons count as stored for one epoch only.
 */
export class UnplacedMemory {
  private readonly stored = new Map<string, string>();

  constructor(
    private readonly runner: TransactionRunner,
    private readonly fleetId: number,
  ) {}

  /** @returns false when some are left for the next round. */
  async write(unplaced: readonly UnplacedNow[]): Promise<boolean> {
    this.forgetAllBut(unplaced);
    const changed = unplaced.filter((entry) => this.stored.get(entry.streamId) !== keyOf(entry));
    const batch = changed.slice(0, UNPLACED_PER_ROUND);
    for (let at = 0; at < batch.length; at += UNPLACED_PER_TRANSACTION) {
      const part = batch.slice(at, at + UNPLACED_PER_TRANSACTION);
      await writeUnplaced(this.runner, this.fleetId, part);
      for (const entry of part) this.stored.set(entry.streamId, keyOf(entry));
    }
    return batch.length === changed.length;
  }

  clear(): void {
    this.stored.clear();
  }

  private forgetAllBut(unplaced: readonly Unplaced[]): void {
    if (this.stored.size === 0) return;
    const current = new Set(unplaced.map(({ streamId }) => streamId));
    for (const streamId of this.stored.keys()) {
      if (!current.has(streamId)) this.stored.delete(streamId);
    }
  }
}

function keyOf({ epoch, reasons }: UnplacedNow): string {
  const sorted = Object.entries(reasons).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([epoch, sorted]);
}
