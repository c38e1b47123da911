import type { InstancePicture, LeasePicture } from '@weir/database';
import type { Check, CheckInput } from './check';
import { allListed } from './check';

/** What balancer-worker may take beyond the lease that it watches with its own clock. In ms. */
const GRACE_MS = 5_000;

/**
 * An instance whose lease ran out longer ago than a takeover takes (one lease watched by
 * balancer-worker, and a grace) still owns streams. Only balancer-worker has both proofs that a
 * takeover needs, so the answer is to ring it, never to take over from here.
 */
export const expiredLeaseStillOwningCheck: Check = {
  kind: 'expired-lease-still-owning',
  find: (input) =>
    allListed(
      input.picture.instances.flatMap((instance) => {
        const { lease } = instance;
        if (lease === null || lease.isFenced || instance.actual.held === 0) return [];
        if (lease.overdueMs <= lease.grantedTtlMs + GRACE_MS) return [];
        return [toFinding(input, instance, lease)];
      }),
    ),
};

function toFinding({ fleet }: CheckInput, instance: InstancePicture, lease: LeasePicture) {
  const { serverId, actual } = instance;
  const isFrozen = fleet.settings.frozen;
  const overdueS = Math.round(lease.overdueMs / 1_000);
  const held = `its lease ran out ${overdueS} s ago and it still owns ${actual.held} streams`;
  return {
    kind: 'expired-lease-still-owning',
    severity: isFrozen ? 'WARNING' : 'ERROR',
    streamId: null,
    serverId,
    message: isFrozen ? `${held}: the fleet is frozen` : `${held}: nobody took them over`,
    evidence: {
      incarnation: lease.incarnation,
      overdueMs: Math.round(lease.overdueMs),
      grantedTtlMs: lease.grantedTtlMs,
      heldStreams: actual.held,
      isFrozen,
    },
    repair: isFrozen ? 'none' : 'ring-balancer',
  } as const;
}
