import { guardGeneration } from '@weir/database';
import type { TransactionRunner } from '@weir/database';

/**
 * Makes sure that epochs are granted in the right generation: checked before the first grant and
 * again after every lost connection, for behind a new one there may be another database.
 */
export class GenerationKeeper {
  private checked: Promise<void> | undefined;

  constructor(
    private readonly runner: TransactionRunner,
    private readonly onBumped: (generation: number) => void,
  ) {}

  /** A connection was lost: what was checked may not hold any more. */
  invalidate(): void {
    this.checked = undefined;
  }

  /** @throws DatabaseUnavailableError; it is then checked again the next time. */
  ensure(): Promise<void> {
    const checking = (this.checked ??= this.check());
    return checking.catch((error: unknown) => {
      if (this.checked === checking) this.checked = undefined;
      throw error;
    });
  }

  private async check(): Promise<void> {
    const { generation, isBumped } = await guardGeneration(this.runner);
    if (isBumped) this.onBumped(generation);
  }
}
