/**
 * A line of an instance's journal. `started` and `stopped` are those of worker-client; `lease` says
 * until when this process may act, by its own clock and reckoning.
 */
export interface JournalLine {
  /** ns of the monotonic clock. */
  readonly at: string;
  readonly kind: string;
  readonly streamId?: string;
  readonly epoch?: number;
  readonly exclusive?: boolean;
  readonly reason?: string;
  readonly untilNs?: string;
  readonly autonomyMs?: number;
  /** Checkpoint with which it starts, or which it hands on when it stops. */
  readonly seq?: number;
}
