import type { InstanceStatus, ResyncStop, StreamEpoch } from '@weir/domain';
import type { OwnedAssignment } from './registration.decision';

export interface ResyncPlan {
  /** Owned and not listed: granted anew, because the instance stopped that epoch for good. */
  readonly regrant: string[];
  /** Owned and not listed, but the instance should get nothing new, or was told to stop it. */
  readonly release: string[];
  /** Listed, but not the instance's to run. */
  readonly stop: ResyncStop[];
}

/** Compares what an instance says it runs with what it owns. */
export function decideResync(
  owned: readonly OwnedAssignment[],
  running: readonly StreamEpoch[],
  status: InstanceStatus,
): ResyncPlan {
  const byId = new Map(owned.map((assignment) => [assignment.streamId, assignment]));
  const stop = running.flatMap((entry) => decideStop(entry, byId.get(entry.streamId)));
  const listed = new Set(running.map((entry) => `${entry.streamId}:${entry.epoch}`));
  const stopped = owned.filter(
    (assignment) => !listed.has(`${assignment.streamId}:${assignment.epoch}`),
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
