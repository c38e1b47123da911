import type { ClientRuntime } from './client.runtime';

/** More than any step that time services make while a machine runs. */
const DISAGREEMENT_MAX_MS = 1_000;

/**
 * Compares the wall clock with the monotonic one, which stands still while a virtual machine is
 * suspended: if they have drifted apart, time has passed that the monotonic clock did not see.
 */
export class ClockMonitor {
  private offsetMs: number;

  constructor(private readonly clocks: Pick<ClientRuntime, 'wallMs' | 'nowMs'>) {
    this.offsetMs = this.measureMs();
  }

  /** By how much they disagree if that is too much, in ms; else undefined. */
  findDisagreementMs(): number | undefined {
    const driftMs = this.measureMs() - this.offsetMs;
    return Math.abs(driftMs) > DISAGREEMENT_MAX_MS ? driftMs : undefined;
  }

  /** From now on the clocks count as agreed. */
  settle(): void {
    this.offsetMs = this.measureMs();
  }

  private measureMs(): number {
    return this.clocks.wallMs() - this.clocks.nowMs();
  }
}
