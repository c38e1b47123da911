import { randomUUID } from 'node:crypto';
import { DomainError } from '@weir/domain';
import type { StreamDefinition, StreamView } from '@weir/domain';
import type { SourceCipher } from '../crypto/source.cipher';
import { beginChange, changeOwnership, finishChange } from '../ownership/ownership.transaction';
import type { OwnershipChange } from '../ownership/ownership.transaction';
import type { TransactionRunner } from '../resilience/transaction-runner';
import { isSameSource, sealSource } from './sealed-source';
import { compareDefinitions } from './stream-definition.comparison';
import {
  applyStreamEffects,
  decideStreamEffect,
  isFreshChance,
  isPlannedOtherwise,
} from './stream-effect';
import type { StreamField } from './stream-effect';
import { STREAM_VIEW_COLUMNS, toStreamView, unknownStream } from './stream-view.repository';
import type { StreamViewRow } from './stream-view.repository';

/** Where streams are written: the fleet, and how their sources are sealed. */
export interface StreamStore {
  readonly runner: TransactionRunner;
  readonly cipher: SourceCipher;
  readonly fleetId: number;
}

/**
 * Creates a stream with its assignment row, so that the balancer places it.
 * @throws DomainError FLEET_UNKNOWN, STREAM_NAME_TAKEN
 */
export function createStream(
  store: StreamStore,
  definition: StreamDefinition,
): Promise<StreamView> {
  const { runner, cipher, fleetId } = store;
  const operation = { operationId: randomUUID(), kind: 'create-stream' };
  return runner.run('create-stream', { onUnknownCommit: operation }, async (sql) => {
    const change = await beginChange(sql, fleetId);
    await assertNameIsFree(change, definition.name);
    const rows = await sql.query<StreamViewRow>(INSERT, [
      ...columnsOf(fleetId, definition),
      ...Object.values(sealSource(cipher, definition.source)),
    ]);
    const stream = toStreamView(rows[0] as StreamViewRow);
    await sql.query('insert into assignments (fleet_id, stream_id, revision) values ($1, $2, $3)', [
      fleetId,
      stream.streamId,
      change.revision,
    ]);
    change.hasWork = true;
    change.record({
      kind: 'stream.created',
      streamId: stream.streamId,
      message: `stream ${stream.name} created`,
    });
    await finishChange(change);
    return stream;
  });
}

const INSERT = `
insert into streams as s (fleet_id, name, weight, priority, exclusive, autonomy_ms, requires, avoid,
  spread_group, enabled, config, resources, move_cost, source_encrypted, source_fingerprint,
  source_redacted)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
returning ${STREAM_VIEW_COLUMNS}`;

/**
 * Changes some fields of a stream. What its owner is told of starts anew under a higher epoch;
 * disabling stops it. A source equal to what operators are shown of the stored one is left alone.
 * @throws DomainError STREAM_UNKNOWN, STREAM_NAME_TAKEN
 */
export function changeStream(
  store: StreamStore,
  streamId: string,
  patch: Partial<StreamDefinition>,
): Promise<StreamView> {
  const { runner, cipher, fleetId } = store;
  return changeOwnership(runner, fleetId, 'change-stream', async (change) => {
    const stored = await getStored(change, streamId);
    const { fingerprint, ...current } = stored;
    const next = { ...current, ...patch };
    const isSourceKept =
      patch.source === undefined ||
      isSameSource(cipher, { fingerprint, redacted: current.source }, patch.source);
    const changed = compareDefinitions(current, next, isSourceKept);
    if (changed.length === 0) return toStreamView(current);
    if (changed.includes('name')) await assertNameIsFree(change, next.name);
    const view = await writeDefinition(change, streamId, next);
    if (!isSourceKept) await writeSource(change, streamId, sealSource(cipher, next.source));
    await takeEffect(change, streamId, { changed, isEnabled: next.enabled });
    const { heldBack } = isFreshChance(changed) ? { heldBack: null } : view;
    const source = isSourceKept ? view.source : sealSource(cipher, next.source).redacted;
    return { ...view, source, heldBack };
  });
}

/**
 * Deletes a stream: its owner is told to stop it, its history and its epochs stay. Deleting it
 * again changes nothing.
 * @throws DomainError STREAM_UNKNOWN when there never was such a stream.
 */
export function deleteStream(store: StreamStore, streamId: string): Promise<void> {
  const { runner, fleetId } = store;
  return changeOwnership(runner, fleetId, 'delete-stream', async (change) => {
    const rows = await change.sql.query<{ name: string; isDeleted: boolean }>(
      `select name, deleted_at is not null as "isDeleted" from streams
       where fleet_id = $1 and stream_id = $2`,
      [fleetId, streamId],
    );
    const stream = rows[0];
    if (!stream) throw unknownStream(streamId);
    if (stream.isDeleted) return;
    await change.sql.query(
      `update streams set deleted_at = weir_now(), updated_at = weir_now()
       where fleet_id = $1 and stream_id = $2`,
      [fleetId, streamId],
    );
    await applyStreamEffects(change, {
      stop: [streamId],
      regrant: [],
      enabled: [],
      freshChance: [streamId],
      changed: [streamId],
      overtakesPlans: false,
    });
    change.record({ kind: 'stream.deleted', streamId, message: `stream ${stream.name} deleted` });
  });
}

async function getStored(
  change: OwnershipChange,
  streamId: string,
): Promise<StreamViewRow & { readonly fingerprint: Buffer }> {
  const rows = await change.sql.query<StreamViewRow & { fingerprint: Buffer }>(
    `select ${STREAM_VIEW_COLUMNS}, s.source_fingerprint as fingerprint from streams s
     where s.fleet_id = $1 and s.stream_id = $2 and s.deleted_at is null`,
    [change.fleetId, streamId],
  );
  if (!rows[0]) throw unknownStream(streamId);
  return rows[0];
}

/** Names are only written under the fleet's lock, so this cannot be overtaken. */
async function assertNameIsFree(change: OwnershipChange, name: string): Promise<void> {
  const rows = await change.sql.query<{ streamId: string }>(
    `select stream_id::text as "streamId" from streams
     where fleet_id = $1 and name = $2 and deleted_at is null`,
    [change.fleetId, name],
  );
  if (!rows[0]) return;
  throw new DomainError('STREAM_NAME_TAKEN', `stream ${rows[0].streamId} has the name ${name}`, [
    { path: 'name', message: `is the name of stream ${rows[0].streamId} already` },
  ]);
}

async function writeDefinition(
  change: OwnershipChange,
  streamId: string,
  definition: StreamDefinition,
): Promise<StreamView> {
  const rows = await change.sql.query<StreamViewRow>(UPDATE, [
    ...columnsOf(change.fleetId, definition),
    streamId,
  ]);
  if (!rows[0]) throw unknownStream(streamId);
  return toStreamView(rows[0]);
}

const UPDATE = `
update streams s set name = $2, weight = $3, priority = $4, exclusive = $5, autonomy_ms = $6,
  requires = $7, avoid = $8, spread_group = $9, enabled = $10, config = $11,
  resources = $12, move_cost = $13, updated_at = weir_now()
where s.fleet_id = $1 and s.stream_id = $14
returning ${STREAM_VIEW_COLUMNS}`;

async function writeSource(
  change: OwnershipChange,
  streamId: string,
  sealed: ReturnType<typeof sealSource>,
): Promise<void> {
  await change.sql.query(
    `update streams set source_encrypted = $3, source_fingerprint = $4, source_redacted = $5
     where fleet_id = $1 and stream_id = $2`,
    [change.fleetId, streamId, sealed.encrypted, sealed.fingerprint, sealed.redacted],
  );
}

async function takeEffect(
  change: OwnershipChange,
  streamId: string,
  outcome: { readonly changed: readonly StreamField[]; readonly isEnabled: boolean },
): Promise<void> {
  const effect = decideStreamEffect(outcome.changed, outcome.isEnabled);
  const isNewlyEnabled = outcome.isEnabled && outcome.changed.includes('enabled');
  await applyStreamEffects(change, {
    stop: effect === 'stop' ? [streamId] : [],
    regrant: effect === 'regrant' ? [streamId] : [],
    enabled: isNewlyEnabled ? [streamId] : [],
    freshChance: isFreshChance(outcome.changed) ? [streamId] : [],
    changed: [streamId],
    overtakesPlans: isPlannedOtherwise(outcome.changed),
  });
  change.record({
    kind: 'stream.changed',
    streamId,
    message: `changed: ${outcome.changed.join(', ')}`,
    detail: { fields: outcome.changed },
  });
}

/** Values of the columns from fleet_id to move_cost, in the order of INSERT and UPDATE. */
function columnsOf(fleetId: number, definition: StreamDefinition): unknown[] {
  return [
    fleetId,
    definition.name,
    definition.weight,
    definition.priority,
    definition.exclusive,
    definition.autonomyMs,
    JSON.stringify(definition.requires),
    JSON.stringify(definition.avoid),
    definition.spreadGroup,
    definition.enabled,
    JSON.stringify(definition.config),
    JSON.stringify(definition.resources),
    definition.moveCost,
  ];
}
