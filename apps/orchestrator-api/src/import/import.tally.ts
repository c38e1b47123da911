import type { ImportCounts } from '@weir/database';
import type { InputProblem } from '@weir/domain';

/** Rejected entries that are listed; beyond these they are only counted. */
const REJECTED_MAX = 100_000;

/** An entry that was not imported, and every reason. */
export interface Rejection {
  readonly line: number;
  readonly name?: string;
  readonly errors: readonly InputProblem[];
}

/** What became of an import. `rejected` lists the first 100,000, `rejectedCount` counts all. */
export interface ImportResult extends ImportCounts {
  readonly rejected: readonly Rejection[];
  readonly rejectedCount: number;
  readonly dryRun: boolean;
}

/** Counts an import as it goes on. */
export class ImportTally {
  private readonly rejected: Rejection[] = [];
  private readonly counts = { created: 0, updated: 0, unchanged: 0 };
  rejectedCount = 0;

  get entries(): number {
    const { created, updated, unchanged } = this.counts;
    return created + updated + unchanged + this.rejectedCount;
  }

  reject(rejection: Rejection): void {
    this.rejectedCount += 1;
    if (this.rejected.length < REJECTED_MAX) this.rejected.push(rejection);
  }

  add(counts: ImportCounts): void {
    this.counts.created += counts.created;
    this.counts.updated += counts.updated;
    this.counts.unchanged += counts.unchanged;
  }

  toResult(dryRun: boolean): ImportResult {
    const { rejected, rejectedCount } = this;
    return { ...this.counts, rejected, rejectedCount, dryRun };
  }
}
