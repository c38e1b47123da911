import type { TransactionRunner } from '../resilience/transaction-runner';
import { assertLive } from './acknowledgement.repository';
import type { AckSender } from './acknowledgement.decision';
import { handOver, settleMovesOf } from './handoff';
import { dropEndsOf } from './move.ends';
import { changeOwnership } from './ownership.transaction';
import type { OwnershipChange } from './ownership.transaction';
import { releaseStreams } from './release';

/**
 * An instance says goodbye: whatever it still owned is released at once (it has stopped it), moves
 * from it go on to their targets, moves to it are aborted, what it prepared is forgotten.
 * @throws DomainError INCARNATION_FENCED, INSTANCE_UNKNOWN
 */
export function leaveFleet(
  runner: TransactionRunner,
  fleetId: number,
  sender: AckSender,
): Promise<void> {
  return changeOwnership(runner, fleetId, 'leave', async (change) => {
    if (await hasLeft(change, sender)) return;
    await assertLive(change.sql, fleetId, sender);
    const owned = await change.sql.query<{ streamId: string }>(
      `select stream_id::text as "streamId" from assignments
       where fleet_id = $1 and server_id = $2 order by stream_id for update`,
      [fleetId, sender.serverId],
    );
    await change.sql.query(
      `update instance_leases set fenced = true, lease_expires_at = weir_now()
       where fleet_id = $1 and server_id = $2`,
      [fleetId, sender.serverId],
    );
    await change.sql.query(
      `update instances set status = 'left', updated_at = weir_now()
       where fleet_id = $1 and server_id = $2`,
      [fleetId, sender.serverId],
    );
    await dropEndsOf(change, [sender.serverId]);
    await releaseStreams(change, sender.serverId, owned);
    await handOver(
      change,
      owned.map(({ streamId }) => streamId),
    );
    await settleMovesOf(change, [sender.serverId], `${sender.serverId} left`);
    change.hasWork = true;
    change.record({
      kind: 'instance.left',
      serverId: sender.serverId,
      message: `${sender.serverId} left and gave back ${owned.length} streams`,
      detail: { incarnation: sender.incarnation, released: owned.length },
    });
  });
}

/** True when this incarnation has said goodbye before: the answer to it may have been lost. */
async function hasLeft(change: OwnershipChange, sender: AckSender): Promise<boolean> {
  const rows = await change.sql.query(
    `select 1 from instances
     where fleet_id = $1 and server_id = $2 and incarnation = $3 and status = 'left'`,
    [change.fleetId, sender.serverId, sender.incarnation],
  );
  return rows.length > 0;
}
