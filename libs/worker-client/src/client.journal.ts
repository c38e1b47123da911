import type { ClientNoticeName } from './client.notice';

/**
 * One line of an instance's own account of what it ran. `started` is written before a handler
 * starts, `stopped` after its last effect: of two instances on one machine, overlapping intervals
 * of an exclusive stream would prove that it ran twice.
 */
export interface JournalEntry {
  /** `process.hrtime.bigint()`: ns of the machine-wide monotonic clock. */
  readonly at: bigint;
  readonly kind: 'started' | 'stopped' | ClientNoticeName;
  readonly streamId?: string;
  readonly epoch?: number;
  readonly exclusive?: boolean;
  readonly reason?: string;
}

/**
 * Receives the entries in order, synchronously: what it has not kept when the process dies is lost.
 */
export type Journal = (entry: JournalEntry) => void;
