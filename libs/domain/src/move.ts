/**
 * stopping: the source was told to stop. starting: the target was granted the stream.
 * done, aborted: over. A move holds its target's capacity from the moment it exists.
 */
export type MoveState = 'stopping' | 'starting' | 'done' | 'aborted';

export const LIVE_MOVE_STATES: readonly MoveState[] = ['stopping', 'starting'];

export interface MoveView {
  readonly moveId: string;
  readonly streamId: string;
  readonly streamName: string;
  readonly fromServerId: string;
  readonly toServerId: string;
  readonly state: MoveState;
  readonly reason: string;
  readonly gain: number;
  readonly cost: number;
  readonly error: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}
