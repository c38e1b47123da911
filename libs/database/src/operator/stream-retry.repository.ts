import type { HoldKind } from '@weir/domain';
import { changeOwnership } from '../ownership/ownership.transaction';
import type { OwnershipChange } from '../ownership/ownership.transaction';
import { CLEAR, IS_TROUBLED } from '../ownership/proven.repository';
import { forgetSuspicion } from '../ownership/stream.acquittal';
import type { TransactionRunner } from '../resilience/transaction-runner';
import { unknownStream } from './stream-view.repository';

interface TroubledRow {
  readonly streamId: string;
  readonly heldBack: HoldKind | null;
}

/**
 * Tries a stream again that failed, is parked or isolated: all of that is forgotten, and it is
 * placed as any other. Nothing changes for one of which nothing bad is known.
 * @throws DomainError FLEET_UNKNOWN, STREAM_UNKNOWN
 */
export function retryStream(
  runner: TransactionRunner,
  fleetId: number,
  streamId: string,
): Promise<void> {
  return changeOwnership(runner, fleetId, 'retry-stream', async (change) => {
    const rows = await change.sql.query(
      'select 1 from streams where fleet_id = $1 and stream_id = $2 and deleted_at is null',
      [fleetId, streamId],
    );
    if (rows.length === 0) throw unknownStream(streamId);
    const [troubled] = await giveFreshChance(change, [streamId]);
    if (!troubled) return;
    const { heldBack } = troubled;
    change.record({
      kind: 'stream.retried',
      streamId,
      message: heldBack === null ? 'its failures are forgotten' : `is not ${heldBack} any more`,
      detail: { wasHeldBack: heldBack },
    });
  });
}

/**
 * Forgets everything bad that is known of these streams. What is left of somebody else's lease
 * stays.
 * @returns those of which there was something.
 */
export async function giveFreshChance(
  change: OwnershipChange,
  streamIds: readonly string[],
): Promise<TroubledRow[]> {
  if (streamIds.length === 0) return [];
  const troubled = await change.sql.query<TroubledRow>(
    `select a.stream_id::text as "streamId", a.held_back as "heldBack" from assignments a
     where a.fleet_id = $1 and a.stream_id = any($2::bigint[]) and ${IS_TROUBLED}`,
    [change.fleetId, streamIds],
  );
  if (troubled.length === 0) return [];
  const troubledIds = troubled.map(({ streamId }) => streamId);
  await change.sql.query(CLEAR, [change.fleetId, change.revision, troubledIds]);
  const isSuspect = troubled.some(({ heldBack }) => heldBack !== null && heldBack !== 'parked');
  if (isSuspect) await forgetSuspicion(change, troubledIds);
  change.hasWork = true;
  return troubled;
}
