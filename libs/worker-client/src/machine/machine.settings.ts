import type { LocalPolicy } from './lease.keeper';

/** What the host may choose. */
export interface MachineSettings {
  readonly localPolicy: LocalPolicy;
  /** Time between two consistency checks, in ms; 0: none. */
  readonly checkIntervalMs: number;
}

export const DEFAULT_MACHINE_SETTINGS: MachineSettings = {
  localPolicy: { nonExclusive: 'continue', maxMs: Number.POSITIVE_INFINITY },
  checkIntervalMs: 300_000,
};
