import { randomUUID } from 'node:crypto';
import { DomainError } from '@weir/domain';
import type { Ack, AckResult, FleetSettings } from '@weir/domain';
import { notifyFleet } from '../connection/notify';
import type { SqlSession } from '../connection/sql-session';
import { appendEvents } from '../history/event.writer';
import type { TransactionRunner } from '../resilience/transaction-runner';
import { decideAck } from './acknowledgement.decision';
import type { AckDecision, AckedAssignment, AckedEnd, AckSender } from './acknowledgement.decision';
import { applyEndAcks } from './end.acknowledgement';
import { recordFailures } from './failure.repository';
import type { NewFailure } from './failure.repository';
import { handOver } from './handoff';
import { checkIncarnation } from './lease.repository';
import { DONE_COLUMNS, toDoneEvent } from './move.steps';
import type { DoneMove } from './move.steps';
import { changeOwnership } from './ownership.transaction';
import type { OwnershipChange } from './ownership.transaction';
import { releaseStreams } from './release';

interface DecidedAck {
  readonly ack: Ack;
  readonly decision: AckDecision;
}

/** Many such acks may pass at once, but not beside a change of ownership: no deadlocks. */
const SHARE_FLEET = 'select 1 from fleet_revisions where fleet_id = $1 for share';

/**
 * Applies what an instance says of its assignments and its ends of moves. Acks that only say "it
 * runs" of what the instance owns need no fleet lock; those that give streams back hand them over
 * to the targets of their moves in the same transaction.
 * @returns one result per ack, in the order given.
 * @throws DomainError INCARNATION_FENCED, INSTANCE_UNKNOWN
 */
export async function applyAcks(
  runner: TransactionRunner,
  fleetId: number,
  sender: AckSender,
  input: { readonly acks: readonly Ack[]; readonly settings: FleetSettings },
): Promise<AckResult[]> {
  if (input.acks.every((ack) => ack.state === 'running')) {
    const results = await applyRunningOnly(runner, fleetId, sender, input.acks);
    if (results) return results;
  }
  const operation = { name: 'ack', operationId: randomUUID() };
  return changeOwnership(runner, fleetId, operation, async (change) => {
    const decided = await decideAcks(change.sql, fleetId, sender, input.acks);
    await markRunning(change.sql, fleetId, sender, decided);
    await giveBack(change, sender, decided, input.settings);
    await applyEndAcks(change, sender, decided, input.settings);
    return decided.map(toResult);
  });
}

/** @returns undefined, and changes nothing, when one of them makes its sender an owner. */
function applyRunningOnly(
  runner: TransactionRunner,
  fleetId: number,
  sender: AckSender,
  acks: readonly Ack[],
): Promise<AckResult[] | undefined> {
  return runner.run('ack', { onUnknownCommit: 'repeat' }, async (sql) => {
    await sql.query(SHARE_FLEET, [fleetId]);
    const decided = await decideAcks(sql, fleetId, sender, acks);
    if (decided.some(({ decision }) => decision.kind === 'overlap')) return undefined;
    await markRunning(sql, fleetId, sender, decided);
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
  const ends = await readEnds(sql, fleetId, sender, acks);
  return acks.map((ack) => ({
    ack,
    decision: decideAck(byId.get(ack.streamId), ack, sender, ends.get(ack.streamId)),
  }));
}

/** Ends are only written under the fleet's lock, which the caller holds, or shares. */
async function readEnds(
  sql: SqlSession,
  fleetId: number,
  { serverId }: AckSender,
  acks: readonly Ack[],
): Promise<Map<string, AckedEnd>> {
  const ends = await sql.query<AckedEnd>(
    `select stream_id::text as "streamId", move_id as "moveId", epoch, incarnation, desired
     from move_ends where fleet_id = $1 and server_id = $2 and stream_id = any($3::bigint[])`,
    [fleetId, serverId, acks.map((ack) => ack.streamId)],
  );
  return new Map(ends.map((end) => [end.streamId, end]));
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
  sender: AckSender,
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
  await finishMovesTo(sql, fleetId, sender.serverId, streamIds);
}

async function finishMovesTo(
  sql: SqlSession,
  fleetId: number,
  serverId: string,
  streamIds: readonly string[],
): Promise<void> {
  const done = await sql.query<DoneMove>(
    `update moves set state = 'done', updated_at = weir_now()
     where fleet_id = $1 and stream_id = any($2::bigint[]) and to_server_id = $3
       and state = 'starting'
     returning ${DONE_COLUMNS}`,
    [fleetId, streamIds, serverId],
  );
  if (done.length === 0) return;
  await appendEvents(
    sql,
    fleetId,
    done.map((move) => toDoneEvent(move)),
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
