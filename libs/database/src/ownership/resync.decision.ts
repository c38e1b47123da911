import type { InstanceStatus, ResyncStop, StreamEpoch } from '@weir/domain';
import type { OwnedAssignment } from './registration.decision';

export interface ResyncPlan {
  /** Owned, seen and not listed: granted anew, for the instance stopped that epoch for good. */
  readonly regrant: string[];
  /** The same, but the instance should get nothing new, or was told to stop it. */
  readonly release: string[];
  /** Listed, but not the instance's to run. */
  readonly stop: ResyncStop[];
}

/** What an instance owns, with the revision of its last change. */
export interface RevisedAssignment extends OwnedAssignment {
  readonly revision: number;
}

/** What an instance says that it runs. */
export interface RunningReport {
  readonly running: readonly StreamEpoch[];
  /** Up to which revision it had applied all changes when it made the list; absent: all of them. */
  readonly seenRevision?: number | undefined;
}

/**
 * Compares what an instance says it runs with what it owns. A change that it had not seen when it
 * made the list is on its way: that the list leaves the stream out says nothing then.
 */
export function decideResync(
  owned: readonly RevisedAssignment[],
  { running, seenRevision = Number.POSITIVE_INFINITY }: RunningReport,
  status: InstanceStatus,
): ResyncPlan {
  const byId = new Map(owned.map((assignment) => [assignment.streamId, assignment]));
  const stop = running.flatMap((entry) => decideStop(entry, byId.get(entry.streamId)));
  const listed = new Set(running.map((entry) => `${entry.streamId}:${entry.epoch}`));
  const stopped = owned.filter(
    ({ streamId, epoch, revision }) =>
      revision <= seenRevision && !listed.has(`${streamId}:${epoch}`),
  );
  const mayHold = status === 'ready' || status === 'cordoned';
  const isRegrantable = (assignment: OwnedAssignment): boolean =>
    mayHold && assignment.status !== 'stopping';
  return {
    regrant: stopped.filter(isRegrantable).map(({ streamId }) => streamId),
    release: stopped.filter((entry) => !isRegrantable(entry)).map(({ streamId }) => streamId),
    stop,
  };
}

function decideStop(entry: StreamEpoch, owned: OwnedAssignment | undefined): ResyncStop[] {
  if (!owned) return [{ ...entry, reason: 'NOT_OWNED' }];
  if (owned.epoch !== entry.epoch) return [{ ...entry, reason: 'STALE_EPOCH' }];
  return owned.status === 'stopping' ? [{ ...entry, reason: 'STOPPING' }] : [];
}
