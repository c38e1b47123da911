import type { ResyncStop } from '@weir/domain';
import { abortMoves } from './move.abort';
import { dropEndsAt } from './move.ends';
import type { MoveEnd } from './move.ends';
import { finishSourcesOf } from './move.steps';
import type { OwnershipChange } from './ownership.transaction';
import type { RunningReport } from './resync.decision';

/** An end of a move at the instance that compares notes. */
export type RevisedEnd = Pick<MoveEnd, 'moveId' | 'streamId' | 'epoch' | 'desired'> & {
  readonly revision: number;
};

export interface EndResyncPlan {
  /** The instance was to stop them and has. */
  readonly stopped: readonly RevisedEnd[];
  /** The instance was to run them beside their owners and stopped for good. */
  readonly givenUp: readonly RevisedEnd[];
  /** Listed, but not to be run there. */
  readonly stop: readonly ResyncStop[];
  /** What else the instance says, of streams that it owns, or should not run at all. */
  readonly rest: RunningReport;
}

/**
 * What a list of what runs says of ends: one with `run` is the instance's own while it lists it,
 * one that prepares is never listed, one that stops ends when it is not listed any more.
 */
export function decideEndResync(ends: readonly RevisedEnd[], report: RunningReport): EndResyncPlan {
  const { running, seenRevision = Number.POSITIVE_INFINITY } = report;
  const byId = new Map(ends.map((end) => [end.streamId, end]));
  const listed = new Set(running.map(({ streamId, epoch }) => `${streamId}:${epoch}`));
  const missing = ends.filter(
    ({ streamId, epoch, revision }) =>
      revision <= seenRevision && !listed.has(`${streamId}:${epoch}`),
  );
  const stop = running.flatMap((entry): ResyncStop[] => {
    const end = byId.get(entry.streamId);
    if (!end) return [];
    if (end.epoch !== entry.epoch) return [{ ...entry, reason: 'STALE_EPOCH' }];
    return end.desired === 'run' ? [] : [{ ...entry, reason: 'STOPPING' }];
  });
  return {
    stopped: missing.filter(({ desired }) => desired === 'stop'),
    givenUp: missing.filter(({ desired }) => desired === 'run'),
    stop,
    rest: { ...report, running: running.filter(({ streamId }) => !byId.has(streamId)) },
  };
}

export function lockEndsOf(change: OwnershipChange, serverId: string): Promise<RevisedEnd[]> {
  return change.sql.query<RevisedEnd>(
    `select move_id as "moveId", stream_id::text as "streamId", epoch, desired, revision
     from move_ends where fleet_id = $1 and server_id = $2 order by stream_id for update`,
    [change.fleetId, serverId],
  );
}

export async function applyEndResync(
  change: OwnershipChange,
  serverId: string,
  { stopped, givenUp }: EndResyncPlan,
): Promise<void> {
  if (stopped.length + givenUp.length === 0) return;
  const gone = [...stopped, ...givenUp].map(({ streamId }) => streamId);
  await dropEndsAt(change, serverId, gone);
  await finishSourcesOf(
    change,
    serverId,
    stopped.map(({ moveId }) => moveId),
  );
  await abortMoves(change, {
    moveIds: givenUp.map(({ moveId }) => moveId),
    error: `${serverId} does not run it any more`,
  });
}
