import { randomUUID } from 'node:crypto';
import { DomainError } from '@weir/domain';
import type { Ack, AckResult, FleetSettings } from '@weir/domain';
import { notifyFleet } from '../connection/notify';
import type { SqlSession } from '../connection/sql-session';
import { appendEvents } from '../history/event.writer';
import type { TransactionRunner } from '../resilience/transaction-runner';
import { decideAck } from './acknowledgement.decision';
import type { AckDecision, AckedAssignment, AckSender } from './acknowledgement.decision';
import { recordFailures } from './failure.repository';
import type { NewFailure } from './failure.repository';
import { handOver } from './handoff';
import { checkIncarnation } from './lease.repository';
import { changeOwnership } from './ownership.transaction';
import type { OwnershipChange } from './ownership.transaction';
import { releaseStreams } from './release';

interface DecidedAck {
  readonly ack: Ack;
  readonly decision: AckDecision;
}

/** A move whose target runs the stream; all but the stream is its event's detail. */
interface DoneMove {
  readonly streamId: string;
  readonly fromServerId: string;
  readonly toServerId: string;
  readonly reason: string;
  readonly gain: number;
  readonly cost: number;
}

/** Many such acks may pass at once, but not beside a change of ownership: no deadlocks. */
const SHARE_FLEET = 'select 1 from fleet_revisions where fleet_id = $1 for share';

/**
 * Applies what an instance says of its assignments. Acks that only say "it runs" need no fleet
 * lock; those that give streams back hand them over to the targets of their moves in the same
 * transaction.
 * @returns one result per ack, in the order given.
 * @throws DomainError INCARNATION_FENCED, INSTANCE_UNKNOWN
 */
export function applyAcks(
  runner: TransactionRunner,
  fleetId: number,
  sender: AckSender,
  input: { readonly acks: readonly Ack[]; readonly settings: FleetSettings },
): Promise<AckResult[]> {
  const isRunningOnly = input.acks.every((ack) => ack.state === 'running');
  if (isRunningOnly) {
    return runner.run('ack', { onUnknownCommit: 'repeat' }, async (sql) => {
      await sql.query(SHARE_FLEET, [fleetId]);
      const decided = await decideAcks(sql, fleetId, sender, input.acks);
      await markRunning(sql, fleetId, decided);
      return decided.map(toResult);
    });
  }
  const operation = { name: 'ack', operationId: randomUUID() };
  return changeOwnership(runner, fleetId, operation, async (change) => {
    const decided = await decideAcks(change.sql, fleetId, sender, input.acks);
    await markRunning(change.sql, fleetId, decided);
    await giveBack(change, sender, decided, input.settings);
    return decided.map(toResult);
  });
}

async function decideAcks(
  sql: SqlSession,
  fleetId: number,
  sender: AckSender,
  acks: readonly Ack[],
): Promise<DecidedAck[]> {
  const assignments = await sql.query<AckedAssignment>(
    `select stream_id::text as "streamId", epoch, server_id as "serverId", incarnation, status
     from assignments where fleet_id = $1 and stream_id = any($2::bigint[])
     order by stream_id for update`,
    [fleetId, acks.map((ack) => ack.streamId)],
  );
  await assertLive(sql, fleetId, sender);
  const byId = new Map(assignments.map((assignment) => [assignment.streamId, assignment]));
  return acks.map((ack) => ({ ack, decision: decideAck(byId.get(ack.streamId), ack, sender) }));
}

/** @throws DomainError INCARNATION_FENCED, INSTANCE_UNKNOWN */
export async function assertLive(
  sql: SqlSession,
  fleetId: number,
  sender: AckSender,
): Promise<void> {
  const state = await checkIncarnation(sql, fleetId, sender.serverId, sender.incarnation);
  if (state === 'unknown') {
    throw new DomainError(
      'INSTANCE_UNKNOWN',
      `no instance ${sender.serverId} in this fleet: register`,
    );
  }
  if (state === 'fenced') {
    throw new DomainError(
      'INCARNATION_FENCED',
      `incarnation ${sender.incarnation} of ${sender.serverId} is over: stop exclusive streams and register again`,
    );
  }
}

async function markRunning(
  sql: SqlSession,
  fleetId: number,
  decided: readonly DecidedAck[],
): Promise<void> {
  const streamIds = decided
    .filter(({ decision }) => decision.kind === 'mark-running')
    .map(({ ack }) => ack.streamId);
  if (streamIds.length === 0) return;
  await sql.query(
    `update assignments a set status = 'running', not_before = null, rest_until = null,
       running_since = weir_now(), autonomy_ms = s.autonomy_ms
     from streams s
     where a.fleet_id = $1 and a.stream_id = any($2::bigint[]) and a.status = 'starting'
       and s.fleet_id = a.fleet_id and s.stream_id = a.stream_id`,
    [fleetId, streamIds],
  );
  await finishMoves(sql, fleetId, streamIds);
}

async function finishMoves(
  sql: SqlSession,
  fleetId: number,
  streamIds: readonly string[],
): Promise<void> {
  const done = await sql.query<DoneMove>(
    `update moves set state = 'done', updated_at = weir_now()
     where fleet_id = $1 and stream_id = any($2::bigint[]) and state = 'starting'
     returning stream_id::text as "streamId", from_server_id as "fromServerId",
       to_server_id as "toServerId", reason, gain, cost`,
    [fleetId, streamIds],
  );
  if (done.length === 0) return;
  await appendEvents(
    sql,
    fleetId,
    done.map(({ streamId, ...move }) => ({
      kind: 'move.done',
      streamId,
      serverId: move.toServerId,
      message: `moved from ${move.fromServerId} to ${move.toServerId} (${move.reason})`,
      detail: move,
    })),
  );
  await notifyFleet(sql, { fleetId, servers: [], work: true, events: true });
}

async function giveBack(
  change: OwnershipChange,
  sender: AckSender,
  decided: readonly DecidedAck[],
  settings: FleetSettings,
): Promise<void> {
  const released = decided.filter(
    ({ decision }) => decision.kind === 'release' || decision.kind === 'release-failed',
  );
  const failed = released.filter(({ decision }) => decision.kind === 'release-failed');
  await recordFailures(
    change,
    failed.map(({ ack }) => toFailure(sender, ack)),
    settings,
  );
  await releaseStreams(
    change,
    sender.serverId,
    released.map(({ ack }) => ({ streamId: ack.streamId, checkpoint: ack.checkpoint })),
  );
  for (const { ack, decision } of released) {
    if (decision.kind === 'release') recordRelease(change, sender, ack);
  }
  await handOver(
    change,
    released.map(({ ack }) => ack.streamId),
  );
}

function toFailure({ serverId, incarnation }: AckSender, ack: Ack): NewFailure {
  const error = ack.error ?? 'no reason given';
  return { streamId: ack.streamId, serverId, incarnation, cause: 'failed', error };
}

function recordRelease(change: OwnershipChange, { serverId }: AckSender, ack: Ack): void {
  change.record({
    kind: 'stream.released',
    streamId: ack.streamId,
    serverId,
    message: `${serverId} stopped and gave it back`,
    detail: { epoch: ack.epoch },
  });
}

function toResult({ ack, decision }: DecidedAck): AckResult {
  if (decision.kind === 'refuse') {
    return { streamId: ack.streamId, accepted: false, code: decision.code };
  }
  return { streamId: ack.streamId, accepted: true };
}
