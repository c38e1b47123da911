import type { ConsistencyPicture, InstancePicture } from '@weir/database';

/** An instance that ran something else than it should, when that was first seen. */
export interface RunningLook {
  readonly incarnation: number;
  readonly renewals: number;
  /** What it should have run; while that stays the same, the look counts. */
  readonly expected: string;
}

/** True when the latest report of an instance that has seen every change differs from the truth. */
export function isReportDiffering({ lease, actual, counted, status }: InstancePicture): boolean {
  if (lease === null || lease.isFenced || lease.heartbeatAgeMs === null) return false;
  if (status === 'lost' || status === 'left' || lease.overdueMs >= 0) return false;
  const hasSeenAll =
    lease.seenRevision >= Math.max(counted.changedRevision, actual.changedRevision);
  const { count, digest } = lease.reported;
  return hasSeenAll && (count !== actual.run || digest !== actual.digest);
}

/** What the instance should run, as one text. */
export function expectationOf({ actual, counted }: InstancePicture): string {
  return `${actual.run}:${actual.digest}:${counted.changedRevision}`;
}

/** The look that this picture leaves for the next one: the earliest while nothing else changed. */
export function rememberLooks(
  picture: ConsistencyPicture,
  earlier: ReadonlyMap<string, RunningLook>,
): Map<string, RunningLook> {
  const looks = new Map<string, RunningLook>();
  for (const instance of picture.instances) {
    const { serverId, lease } = instance;
    if (lease === null || !isReportDiffering(instance)) continue;
    const look = {
      incarnation: lease.incarnation,
      renewals: lease.renewals,
      expected: expectationOf(instance),
    };
    const before = earlier.get(serverId);
    looks.set(serverId, before && isSameSituation(before, look) ? before : look);
  }
  return looks;
}

/** True when between the two looks nothing changed that the instance had to follow. */
export function isSameSituation(before: RunningLook, now: RunningLook): boolean {
  return before.incarnation === now.incarnation && before.expected === now.expected;
}
