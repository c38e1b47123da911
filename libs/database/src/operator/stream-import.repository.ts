import { redactSource } from '@weir/domain';
import type { JsonObject, Labels, StreamResources } from '@weir/domain';
import { notifyFleet } from '../connection/notify';
import type { SqlSession } from '../connection/sql-session';
import type { SourceCipher } from '../crypto/source.cipher';
import { appendEvents } from '../history/event.writer';
import { changeOwnership } from '../ownership/ownership.transaction';
import type { OwnershipChange } from '../ownership/ownership.transaction';
import type { TransactionRunner } from '../resilience/transaction-runner';
import { insertImported, updateImported } from './stream-import.writes';
import {
  applyStreamEffects,
  decideStreamEffect,
  isFreshChance,
  isPlannedOtherwise,
} from './stream-effect';
import type { StreamField } from './stream-effect';
import type { StreamStore } from './stream-write.repository';

/**
 * One stream of an import. A field that is null was not given: kept on update, default on creation.
 */
export interface ImportRow {
  readonly name: string;
  readonly source: string;
  readonly weight: number | null;
  readonly resources: StreamResources | null;
  readonly moveCost: number | null;
  readonly priority: number | null;
  readonly exclusive: boolean | null;
  readonly autonomyMs: number | null;
  readonly requires: Labels | null;
  readonly avoid: Labels | null;
  /** Empty text takes the stream out of its group. */
  readonly spreadGroup: string | null;
  readonly enabled: boolean | null;
  readonly config: JsonObject | null;
}

export interface ImportCounts {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
}

/** An import row beside the stream of its name. */
export interface ComparedRow {
  readonly row: ImportRow;
  readonly streamId: string | null;
  readonly isEnabled: boolean;
  readonly changedFields: readonly StreamField[];
}

/**
 * Creates or updates the streams of one batch by name, in one change of ownership: one statement to
 * compare, one to create, one to update, and the effects on owners.
 * @param rows a bounded batch (some thousands) with different names.
 */
export function importStreams(
  store: StreamStore,
  rows: readonly ImportRow[],
): Promise<ImportCounts> {
  return changeOwnership(store.runner, store.fleetId, 'import', async (change) => {
    const compared = await compareRows(change.sql, store, rows);
    await insertImported(change, store.cipher, compared.filter(isNew));
    const updated = compared.filter(isChanged);
    await updateImported(change, store.cipher, updated);
    await takeEffect(change, updated);
    if (compared.some(isNew)) change.hasWork = true;
    return countOutcomes(compared);
  });
}

/** What importStreams would do with the batch; writes nothing and waits for nobody. */
export async function previewImport(
  sql: SqlSession,
  store: Pick<StreamStore, 'fleetId' | 'cipher'>,
  rows: readonly ImportRow[],
): Promise<ImportCounts> {
  return countOutcomes(await compareRows(sql, store, rows));
}

/** Notes a finished import in the fleet's history. */
export function recordImport(
  runner: TransactionRunner,
  fleetId: number,
  summary: ImportCounts & { readonly rejected: number; readonly requestedBy: string },
): Promise<void> {
  return runner.run('record-import', { onUnknownCommit: 'repeat' }, async (sql) => {
    const { created, updated, unchanged, rejected } = summary;
    await appendEvents(sql, fleetId, [
      {
        kind: 'streams.imported',
        severity: rejected > 0 ? 'WARNING' : 'INFO',
        message: `import: ${created} created, ${updated} updated, ${unchanged} unchanged, ${rejected} rejected`,
        detail: { ...summary },
      },
    ]);
    await notifyFleet(sql, { fleetId, servers: [], events: true });
  });
}

const isNew = (compared: ComparedRow): boolean => compared.streamId === null;
const isChanged = (compared: ComparedRow): boolean =>
  compared.streamId !== null && compared.changedFields.length > 0;

function countOutcomes(compared: readonly ComparedRow[]): ImportCounts {
  const created = compared.filter(isNew).length;
  const updated = compared.filter(isChanged).length;
  return { created, updated, unchanged: compared.length - created - updated };
}

async function takeEffect(change: OwnershipChange, updated: readonly ComparedRow[]): Promise<void> {
  const idsOf = (rows: readonly ComparedRow[]): string[] =>
    rows.flatMap(({ streamId }) => (streamId === null ? [] : [streamId]));
  const withEffect = (wanted: string): string[] =>
    idsOf(updated.filter((row) => decideStreamEffect(row.changedFields, row.isEnabled) === wanted));
  await applyStreamEffects(change, {
    stop: withEffect('stop'),
    regrant: withEffect('regrant'),
    enabled: idsOf(updated.filter((row) => row.isEnabled && row.changedFields.includes('enabled'))),
    freshChance: idsOf(updated.filter((row) => isFreshChance(row.changedFields))),
    changed: idsOf(updated),
    overtakesPlans: updated.some((row) => isPlannedOtherwise(row.changedFields)),
  });
}

async function compareRows(
  sql: SqlSession,
  store: { readonly fleetId: number; readonly cipher: SourceCipher },
  rows: readonly ImportRow[],
): Promise<ComparedRow[]> {
  const found = await sql.query<{
    position: number;
    streamId: string | null;
    isEnabled: boolean;
    changedFields: StreamField[];
  }>(COMPARE, [
    store.fleetId,
    rows.map((row) => row.name),
    rows.map((row) => row.weight),
    rows.map((row) => row.priority),
    rows.map((row) => row.exclusive),
    rows.map((row) => row.autonomyMs),
    rows.map((row) => toJson(row.requires)),
    rows.map((row) => toJson(row.avoid)),
    rows.map((row) => row.spreadGroup),
    rows.map((row) => row.enabled),
    rows.map((row) => toJson(row.config)),
    rows.map((row) => store.cipher.fingerprint(row.source)),
    rows.map((row) => shownSource(row.source)),
    rows.map((row) => toJson(row.resources)),
    rows.map((row) => row.moveCost),
  ]);
  return found.flatMap(({ position, ...rest }) => {
    const row = rows[position];
    return row ? [{ row, ...rest }] : [];
  });
}

/**
 * The source when it reads like one that operators are shown; only then it may stand for a stored
 * one.
 */
function shownSource(source: string): string | null {
  return redactSource(source) === source ? source : null;
}

function toJson(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}

/**
 * A comparison with a field that was not given is null, and drops out of the list. The limit makes
 * each name a lookup in the index of names: in a table that grows by imports faster than its
 * statistics, a join by name is planned for few rows and takes time by the square of them.
 */
const COMPARE = `
select i.position::integer - 1 as position, s.stream_id::text as "streamId",
  coalesce(i.enabled, s.enabled, true) as "isEnabled",
  array_remove(array[
    case when i.weight <> s.weight then 'weight' end,
    case when i.resources <> s.resources then 'resources' end,
    case when i.move_cost <> s.move_cost then 'moveCost' end,
    case when i.priority <> s.priority then 'priority' end,
    case when i.exclusive <> s.exclusive then 'exclusive' end,
    case when i.autonomy_ms <> s.autonomy_ms then 'autonomyMs' end,
    case when i.requires <> s.requires then 'requires' end,
    case when i.avoid <> s.avoid then 'avoid' end,
    case when i.spread_group is not null
      and nullif(i.spread_group, '') is distinct from s.spread_group then 'spreadGroup' end,
    case when i.enabled <> s.enabled then 'enabled' end,
    case when i.config <> s.config then 'config' end,
    case when i.fingerprint <> s.source_fingerprint
      and i.shown_source is distinct from s.source_redacted then 'source' end
  ], null) as "changedFields"
from unnest($2::text[], $3::double precision[], $4::integer[], $5::boolean[], $6::bigint[],
  $7::jsonb[], $8::jsonb[], $9::text[], $10::boolean[], $11::jsonb[], $12::bytea[], $13::text[],
  $14::jsonb[], $15::double precision[])
  with ordinality as i (name, weight, priority, exclusive, autonomy_ms, requires, avoid,
    spread_group, enabled, config, fingerprint, shown_source, resources, move_cost, position)
left join lateral (
  select * from streams where fleet_id = $1 and name = i.name and deleted_at is null limit 1
) s on true
order by i.position`;
