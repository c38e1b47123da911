/**
 * planned: part of a rebalance, waits for its turn. preparing: the target was told to prepare.
 * stopping: the source was told to stop. starting: the target was granted the stream, or told to
 * run it beside the source. done, aborted, cancelled: over.
 * Exclusive: preparing, stopping, starting, done. Not exclusive: starting, stopping, done.
 */
export type MoveState =
  'planned' | 'preparing' | 'stopping' | 'starting' | 'done' | 'aborted' | 'cancelled';

export const MOVE_STATES: readonly MoveState[] = [
  'planned',
  'preparing',
  'stopping',
  'starting',
  'done',
  'aborted',
  'cancelled',
];

/** A move in one of these is under way: its stream has no other, and both ends hold room. */
export const LIVE_MOVE_STATES: readonly MoveState[] = ['preparing', 'stopping', 'starting'];

export interface MoveView {
  readonly moveId: string;
  readonly streamId: string;
  readonly streamName: string;
  readonly fromServerId: string;
  readonly toServerId: string;
  readonly state: MoveState;
  /** The ownership policy that it began with: true stops the source before the target starts. */
  readonly exclusive: boolean;
  /** The rebalance that it is a part of. */
  readonly planId: string | null;
  readonly reason: string;
  readonly gain: number;
  readonly cost: number;
  readonly error: string | null;
  /** When its step ends at the latest; null unless it is under way. */
  readonly deadline: string | null;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly updatedAt: string;
}
