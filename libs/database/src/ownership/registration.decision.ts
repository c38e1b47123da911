import type { AssignmentStatus, StreamEpoch } from '@weir/domain';

/** An assignment that the registering server still owns, as it is now. */
export interface OwnedAssignment {
  readonly streamId: string;
  readonly epoch: number;
  readonly status: AssignmentStatus;
}

export interface RegistrationPlan {
  /** Still running in the caller: kept with their epochs. */
  readonly keep: string[];
  /** Owned before, not running now: granted anew. */
  readonly regrant: string[];
  /** Given back: beyond the instance's room, on their way out, or placed anew (`scattered`). */
  readonly release: string[];
}

/**
 * What becomes of the streams of a server that registers. What it says it still runs, under the
 * epoch that is still the current one, it keeps; streams it was told to stop and does not run are
 * released, and so is what it crashed with too often (`scattered`, see judgeReturn); the rest is
 * granted anew, as far as there is room.
 */
export function decideRegistration(
  owned: readonly OwnedAssignment[],
  running: readonly StreamEpoch[],
  maxStreams: number,
  scattered: ReadonlySet<string> | 'all' = new Set(),
): RegistrationPlan {
  const isScattered = ({ streamId }: OwnedAssignment): boolean =>
    scattered === 'all' || scattered.has(streamId);
  const runningEpochs = new Map(running.map((entry) => [entry.streamId, entry.epoch]));
  const isRunning = (assignment: OwnedAssignment): boolean =>
    runningEpochs.get(assignment.streamId) === assignment.epoch;
  const keep = owned.filter(isRunning);
  const stopped = owned.filter((assignment) => !isRunning(assignment));
  const isLeaving = (assignment: OwnedAssignment): boolean =>
    assignment.status === 'stopping' || isScattered(assignment);
  const wanted = stopped.filter((assignment) => !isLeaving(assignment));
  const room = Math.max(0, maxStreams - keep.length);
  const released = [...stopped.filter(isLeaving), ...wanted.slice(room)];
  return {
    keep: keep.map((assignment) => assignment.streamId),
    regrant: wanted.slice(0, room).map((assignment) => assignment.streamId),
    release: released.map((assignment) => assignment.streamId),
  };
}
