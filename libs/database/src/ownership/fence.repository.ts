import { DomainError } from '@weir/domain';
import type { InstanceStatus } from '@weir/domain';
import type { TransactionRunner } from '../resilience/transaction-runner';
import { handOver, settleMovesOf } from './handoff';
import { LATEST_LEASE_END } from './lease.end';
import { dropEndsOf } from './move.ends';
import { changeOwnership } from './ownership.transaction';
import type { OwnershipChange } from './ownership.transaction';
import { releaseLater } from './release';

/** Why an incarnation is ended, and by whom. */
export interface FenceOrder {
  readonly reason: string;
  readonly requestedBy: string;
}

/**
 * Ends the incarnation of an instance that does not do as it is told: it gets no more renewals, and
 * nothing new, until it registers anew. Its streams go elsewhere as if it had registered a second
 * time: exclusive ones when its lease is over (and their autonomy with it), others at once. Moves
 * to it are aborted, moves from it go on.
 * @throws DomainError INSTANCE_UNKNOWN; INSTANCE_STATE_CONFLICT when it is lost or has left.
 */
export function fenceInstance(
  runner: TransactionRunner,
  fleetId: number,
  serverId: string,
  order: FenceOrder,
): Promise<void> {
  return changeOwnership(runner, fleetId, 'fence', (change) => fence(change, serverId, order));
}

interface LiveLease {
  readonly incarnation: number;
  readonly status: InstanceStatus;
  readonly fenced: boolean;
  readonly mayRunUntil: Date;
}

/** As fenceInstance, inside a change that is under way. */
export async function fence(
  change: OwnershipChange,
  serverId: string,
  { reason, requestedBy }: FenceOrder,
): Promise<void> {
  const lease = await lockLive(change, serverId);
  await change.sql.query(
    'update instance_leases set fenced = true where fleet_id = $1 and server_id = $2',
    [change.fleetId, serverId],
  );
  await change.sql.query(
    `update instances set status = 'lost', updated_at = weir_now()
     where fleet_id = $1 and server_id = $2`,
    [change.fleetId, serverId],
  );
  await dropEndsOf(change, [serverId]);
  const owned = await change.sql.query<{ streamId: string }>(
    `select stream_id::text as "streamId" from assignments
     where fleet_id = $1 and server_id = $2 order by stream_id for update`,
    [change.fleetId, serverId],
  );
  const streamIds = owned.map(({ streamId }) => streamId);
  await releaseLater(change, streamIds, lease.mayRunUntil, serverId);
  await handOver(change, streamIds);
  await settleMovesOf(change, [serverId], `${serverId} was fenced`);
  change.touch(serverId);
  change.hasWork = true;
  change.record({
    kind: 'instance.fenced',
    severity: 'WARNING',
    serverId,
    message:
      `incarnation ${lease.incarnation} is over: fenced by ${requestedBy} (${reason}); ` +
      `${streamIds.length} streams go elsewhere`,
    detail: {
      incarnation: lease.incarnation,
      releasedStreams: streamIds.length,
      reason,
      requestedBy,
    },
  });
}

async function lockLive(change: OwnershipChange, serverId: string): Promise<LiveLease> {
  const key = [change.fleetId, serverId];
  await change.sql.query(
    'select 1 from instance_leases where fleet_id = $1 and server_id = $2 for update',
    key,
  );
  const rows = await change.sql.query<LiveLease>(
    `select l.incarnation, i.status, l.fenced,
       ${LATEST_LEASE_END} as "mayRunUntil"
     from instances i join instance_leases l using (fleet_id, server_id)
     where i.fleet_id = $1 and i.server_id = $2`,
    key,
  );
  const lease = rows[0];
  if (!lease) throw new DomainError('INSTANCE_UNKNOWN', `no instance ${serverId} in this fleet`);
  if (lease.fenced || lease.status === 'lost' || lease.status === 'left') {
    throw new DomainError(
      'INSTANCE_STATE_CONFLICT',
      `${serverId} is ${lease.status}: its incarnation is over already`,
    );
  }
  return lease;
}
