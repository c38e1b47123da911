import type { Ack, AckCode, AssignmentStatus } from '@weir/domain';
import { unreachable } from '@weir/domain';

/** The assignment that an ack speaks of, as it is now. */
export interface AckedAssignment {
  readonly streamId: string;
  readonly epoch: number;
  readonly serverId: string | null;
  readonly incarnation: number | null;
  readonly status: AssignmentStatus;
}

export interface AckSender {
  readonly serverId: string;
  readonly incarnation: number;
}

export type AckDecision =
  | { readonly kind: 'refuse'; readonly code: AckCode }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'mark-running' }
  | { readonly kind: 'release' }
  | { readonly kind: 'release-failed' };

/**
 * What an acknowledgement does. One with another epoch, owner or incarnation than the assignment
 * has changes nothing. A stream may be given back in any status: its owner knows best that it
 * stopped. One that was to be stopped anyway has not failed.
 */
export function decideAck(
  assignment: AckedAssignment | undefined,
  ack: Ack,
  sender: AckSender,
): AckDecision {
  if (!assignment) return { kind: 'refuse', code: 'STREAM_UNKNOWN' };
  const isCurrent =
    assignment.epoch === ack.epoch &&
    assignment.serverId === sender.serverId &&
    assignment.incarnation === sender.incarnation;
  if (!isCurrent) return { kind: 'refuse', code: 'STALE_EPOCH' };
  switch (ack.state) {
    case 'running':
      return { kind: assignment.status === 'starting' ? 'mark-running' : 'nothing' };
    case 'stopped':
      return { kind: 'release' };
    case 'failed':
      return { kind: assignment.status === 'stopping' ? 'release' : 'release-failed' };
    case 'prepared':
      return { kind: 'refuse', code: 'NOT_PREPARING' };
    default:
      return unreachable(ack.state);
  }
}
