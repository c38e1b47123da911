import type { Assignment, InstanceStatus, ResyncResponse } from '@weir/domain';
import { invariant } from '@weir/domain';
import type { SourceCipher } from '../crypto/source.cipher';
import type { TransactionRunner } from '../resilience/transaction-runner';
import { assertLive } from './acknowledgement.repository';
import type { AckSender } from './acknowledgement.decision';
import { readDeliveries } from './delivery.repository';
import { applyEndResync, decideEndResync, lockEndsOf } from './end.resync';
import { handOver } from './handoff';
import { changeOwnership } from './ownership.transaction';
import type { OwnershipChange } from './ownership.transaction';
import { regrantStreams } from './regrant';
import { releaseStreams } from './release';
import { decideResync } from './resync.decision';
import type { ResyncPlan, RevisedAssignment, RunningReport } from './resync.decision';

/**
 * Brings an instance and the truth together. What it owns and does not list, it has stopped for
 * good: that is granted anew under a higher epoch, to it when it may hold streams, else to another.
 * Its ends of moves that it does not list have ended.
 * @throws DomainError INCARNATION_FENCED, INSTANCE_UNKNOWN
 */
export function resyncInstance(
  runner: TransactionRunner,
  cipher: SourceCipher,
  request: {
    readonly fleetId: number;
    readonly sender: AckSender;
    readonly report: RunningReport;
  },
): Promise<ResyncResponse> {
  const { fleetId, sender, report } = request;
  return changeOwnership(runner, fleetId, 'resync', async (change) => {
    await assertLive(change.sql, fleetId, sender);
    const owned = await change.sql.query<RevisedAssignment>(
      `select stream_id::text as "streamId", epoch, status, revision from assignments
       where fleet_id = $1 and server_id = $2 order by stream_id for update`,
      [fleetId, sender.serverId],
    );
    const ends = decideEndResync(await lockEndsOf(change, sender.serverId), report);
    const status = await readStatus(change, sender.serverId);
    const plan = decideResync(owned, ends.rest, status);
    await applyPlan(change, sender, plan);
    await applyEndResync(change, sender.serverId, ends);
    const start = await readRegranted(change, cipher, sender, plan);
    return { start, stop: [...plan.stop, ...ends.stop], revision: change.revision };
  });
}

async function readStatus(change: OwnershipChange, serverId: string): Promise<InstanceStatus> {
  const rows = await change.sql.query<{ status: InstanceStatus }>(
    'select status from instances where fleet_id = $1 and server_id = $2',
    [change.fleetId, serverId],
  );
  invariant(rows[0], `instance ${serverId} has a lease but no row`);
  return rows[0].status;
}

async function applyPlan(
  change: OwnershipChange,
  sender: AckSender,
  plan: ResyncPlan,
): Promise<void> {
  await regrantStreams(change, { ...sender, streamIds: plan.regrant, oldLeaseExpiresAt: null });
  await releaseStreams(
    change,
    sender.serverId,
    plan.release.map((streamId) => ({ streamId })),
  );
  await handOver(change, plan.release);
}

async function readRegranted(
  change: OwnershipChange,
  cipher: SourceCipher,
  sender: AckSender,
  plan: ResyncPlan,
): Promise<Assignment[]> {
  if (plan.regrant.length === 0) return [];
  const [delivery] = await readDeliveries(change.sql, cipher, [
    { fleetId: change.fleetId, serverId: sender.serverId, seenRevision: change.revision - 1 },
  ]);
  return delivery?.changes ?? [];
}
