import type { InstancePicture } from '@weir/database';
import type { Finding } from '@weir/domain';
import type { Check } from './check';
import { allListed } from './check';

/**
 * Streams are owned by an instance that is not there: it is unknown, or it left or was taken over
 * and its streams were not freed with it. Nobody waits for such an owner: it may be freed.
 */
export const assignmentToRetiredInstanceCheck: Check = {
  kind: 'assignment-to-retired-instance',
  find: ({ picture }) => allListed(picture.instances.filter(isGone).map(toFinding)),
};

function isGone({ status, actual, lease }: InstancePicture): boolean {
  const isThere = status === 'ready' || status === 'cordoned' || status === 'draining';
  return actual.held > 0 && !isThere && (lease === null || lease.isFenced);
}

function toFinding({ serverId, status, actual, lease }: InstancePicture): Finding {
  const what = status === null ? 'is unknown' : `is ${status}`;
  return {
    kind: 'assignment-to-retired-instance',
    severity: 'ERROR',
    streamId: null,
    serverId,
    message: `it ${what} and still owns ${actual.held} streams: nobody runs them`,
    evidence: { status, heldStreams: actual.held, incarnation: lease?.incarnation ?? null },
    repair: 'release',
  };
}
