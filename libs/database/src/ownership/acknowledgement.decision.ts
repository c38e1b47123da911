import type { Ack, AckCode, AssignmentStatus, Desired } from '@weir/domain';
import { unreachable } from '@weir/domain';

/** The assignment that an ack speaks of, as it is now. */
export interface AckedAssignment {
  readonly streamId: string;
  readonly epoch: number;
  readonly serverId: string | null;
  readonly incarnation: number | null;
  readonly status: AssignmentStatus;
}

/** What the sender has to do with a stream that another instance owns. */
export interface AckedEnd {
  readonly streamId: string;
  readonly moveId: number;
  readonly epoch: number;
  readonly incarnation: number;
  readonly desired: Desired;
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
  | { readonly kind: 'release-failed' }
  /** The target is prepared: the source may stop. */
  | { readonly kind: 'prepared'; readonly moveId: number }
  /** The target runs it beside the owner, and takes over. */
  | { readonly kind: 'overlap'; readonly moveId: number }
  /** Nothing is left of it there. */
  | { readonly kind: 'end-stopped'; readonly moveId: number }
  /** The target gave up what it was to prepare or run. */
  | { readonly kind: 'end-given-up'; readonly moveId: number };

/**
 * What an acknowledgement does. One with another epoch, owner or incarnation than the assignment
 * or the sender's end of a move has changes nothing. A stream may be given back in any status: its
 * owner knows best that it stopped. One that was to be stopped anyway has not failed.
 */
export function decideAck(
  assignment: AckedAssignment | undefined,
  ack: Ack,
  sender: AckSender,
  end?: AckedEnd,
): AckDecision {
  if (!assignment) return { kind: 'refuse', code: 'STREAM_UNKNOWN' };
  if (end && end.epoch === ack.epoch && end.incarnation === sender.incarnation) {
    return decideForEnd(end, ack);
  }
  if (ack.state === 'prepared') return { kind: 'refuse', code: 'NOT_PREPARING' };
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
    default:
      return unreachable(ack.state);
  }
}

/**
 * | end | prepared | running | stopped, failed |
 * |---|---|---|---|
 * | prepare | the source may stop | refused: nobody granted it | it gave up |
 * | run | refused | it takes over | it gave up |
 * | stop | refused | old news | it has stopped |
 */
function decideForEnd({ moveId, desired }: AckedEnd, { state }: Ack): AckDecision {
  switch (state) {
    case 'prepared':
      if (desired === 'prepare') return { kind: 'prepared', moveId };
      return { kind: 'refuse', code: 'NOT_PREPARING' };
    case 'running':
      if (desired === 'run') return { kind: 'overlap', moveId };
      return desired === 'stop' ? { kind: 'nothing' } : { kind: 'refuse', code: 'STALE_EPOCH' };
    case 'stopped':
    case 'failed':
      return { kind: desired === 'stop' ? 'end-stopped' : 'end-given-up', moveId };
    default:
      return unreachable(state);
  }
}
