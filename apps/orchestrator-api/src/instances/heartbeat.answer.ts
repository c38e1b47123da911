import type { Delivery, RenewalResult } from '@weir/database';
import { DomainError, generationOf } from '@weir/domain';
import type { HeartbeatRequest, HeartbeatResponse } from '@weir/domain';

type Renewed = Extract<RenewalResult, { kind: 'renewed' }>;

/** What the fleet's settings say to every instance. In ms. */
export interface Rhythm {
  readonly leaseTtlMs: number;
  readonly heartbeatIntervalMs: number;
}

/** True when assignments changed that the instance has not seen. */
export function hasUnseen(request: HeartbeatRequest, renewed: Renewed): boolean {
  return renewed.changedRevision > request.seenRevision;
}

/**
 * True when what the instance runs is not what it should. Judged only when it has seen every
 * change; one that has seen more than there is, or revisions of another generation, was talking to
 * another database (restored, failed over).
 */
export function needsResync(request: HeartbeatRequest, renewed: Renewed): boolean {
  const { seenRevision } = request;
  if (seenRevision > renewed.revision || renewed.isMismatched) return true;
  if (seenRevision > 0 && generationOf(seenRevision) !== generationOf(renewed.revision))
    return true;
  if (hasUnseen(request, renewed)) return false;
  const { count, digest } = request.running;
  return count !== renewed.expectedCount || digest !== renewed.expectedDigest;
}

/** @throws DomainError INSTANCE_UNKNOWN, INCARNATION_FENCED */
export function assertRenewed(
  result: RenewalResult,
  serverId: string,
  incarnation: number,
): asserts result is Renewed {
  if (result.kind === 'unknown') {
    throw new DomainError('INSTANCE_UNKNOWN', `no instance ${serverId} in this fleet: register`);
  }
  if (result.kind === 'fenced') throw fenced(serverId, incarnation);
}

/**
 * The answer to a renewed lease. Without a delivery (nothing to tell, or it could not be read) the
 * instance keeps the revision that it has, and hears of changes with its next heartbeat.
 * @throws DomainError INCARNATION_FENCED when it was fenced between renewal and delivery
 */
export function answerHeartbeat(
  beat: { readonly serverId: string; readonly request: HeartbeatRequest },
  rhythm: Rhythm,
  renewed: Renewed,
  delivery: Delivery | undefined,
): HeartbeatResponse {
  const { request, serverId } = beat;
  const base = { ...rhythm, status: renewed.status };
  if (needsResync(request, renewed)) return { ...base, revision: renewed.revision, resync: true };
  if (!hasUnseen(request, renewed)) return { ...base, revision: renewed.revision };
  if (delivery === undefined) return { ...base, revision: request.seenRevision };
  if (delivery.incarnation !== request.incarnation) throw fenced(serverId, request.incarnation);
  return { ...base, revision: delivery.revision, changes: delivery.changes };
}

function fenced(serverId: string, incarnation: number): DomainError {
  return new DomainError(
    'INCARNATION_FENCED',
    `incarnation ${incarnation} of ${serverId} is over: stop exclusive streams and register again`,
  );
}
