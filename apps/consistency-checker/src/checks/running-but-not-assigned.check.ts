import type { InstancePicture } from '@weir/database';
import type { Finding } from '@weir/domain';
import type { Check, CheckInput } from './check';
import { allListed } from './check';
import { expectationOf, isReportDiffering, isSameSituation } from './running.look';

/**
 * Heartbeats between the two looks. The first may have been on its way when the truth became what
 * it is; the second was sent after the answer to the first.
 */
const RENEWALS_BETWEEN = 2;

/**
 * What an instance says it runs (count and digest) is not what it owns, although it has seen every
 * change: it runs something that is not its own, or does not run something that is. Two looks with
 * whole heartbeats between them, because a report is always a little older than the truth.
 */
export const runningButNotAssignedCheck: Check = {
  kind: 'running-but-not-assigned',
  find: (input) =>
    allListed(
      input.picture.instances
        .filter((instance) => isReportDiffering(instance) && isConfirmed(instance, input))
        .map(toFinding),
    ),
};

function isConfirmed(instance: InstancePicture, { earlierLooks }: CheckInput): boolean {
  const { serverId, lease } = instance;
  const before = earlierLooks.get(serverId);
  if (before === undefined || lease === null) return false;
  const { incarnation, renewals } = lease;
  const now = { incarnation, renewals, expected: expectationOf(instance) };
  return isSameSituation(before, now) && renewals >= before.renewals + RENEWALS_BETWEEN;
}

function toFinding({ serverId, lease, actual }: InstancePicture): Finding {
  const reported = lease?.reported;
  const surplus = (reported?.count ?? 0) - actual.run;
  return {
    kind: 'running-but-not-assigned',
    severity: 'ERROR',
    streamId: null,
    serverId,
    message:
      `it reports ${reported?.count} streams and should run ${actual.run}: ` +
      `${wordsFor(surplus)}`,
    evidence: {
      incarnation: lease?.incarnation,
      reported,
      expected: { count: actual.run, digest: actual.digest },
      seenRevision: lease?.seenRevision,
    },
    repair: 'request-resync',
  };
}

function wordsFor(surplus: number): string {
  if (surplus > 0) return `${surplus} are not its own`;
  if (surplus < 0) return `${-surplus} are missing`;
  return 'they are not the same ones';
}
