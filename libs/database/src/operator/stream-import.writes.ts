import { STREAM_DEFAULTS } from '@weir/domain';
import type { SourceCipher } from '../crypto/source.cipher';
import type { OwnershipChange } from '../ownership/ownership.transaction';
import { sealSource } from './sealed-source';
import type { ComparedRow } from './stream-import.repository';

/** Creates streams with their assignment rows, in one statement. */
export async function insertImported(
  change: OwnershipChange,
  cipher: SourceCipher,
  created: readonly ComparedRow[],
): Promise<void> {
  if (created.length === 0) return;
  const rows = created.map(({ row }) => row);
  const sealed = rows.map((row) => sealSource(cipher, row.source));
  await change.sql.query(INSERT, [
    change.fleetId,
    change.revision,
    rows.map((row) => row.name),
    rows.map((row) => row.weight ?? STREAM_DEFAULTS.weight),
    rows.map((row) => row.priority ?? STREAM_DEFAULTS.priority),
    rows.map((row) => row.exclusive ?? STREAM_DEFAULTS.exclusive),
    rows.map((row) => row.autonomyMs ?? STREAM_DEFAULTS.autonomyMs),
    rows.map((row) => JSON.stringify(row.requires ?? {})),
    rows.map((row) => JSON.stringify(row.avoid ?? {})),
    rows.map((row) => row.spreadGroup || null),
    rows.map((row) => row.enabled ?? STREAM_DEFAULTS.enabled),
    rows.map((row) => JSON.stringify(row.config ?? {})),
    sealed.map(({ encrypted }) => encrypted),
    sealed.map(({ fingerprint }) => fingerprint),
    sealed.map(({ redacted }) => redacted),
    rows.map((row) => JSON.stringify(row.resources ?? {})),
    rows.map((row) => row.moveCost ?? STREAM_DEFAULTS.moveCost),
  ]);
}

const INSERT = `
with created as (
  insert into streams (fleet_id, name, weight, priority, exclusive, autonomy_ms, requires, avoid,
    spread_group, enabled, config, source_encrypted, source_fingerprint, source_redacted,
    resources, move_cost)
  select $1, name, weight, priority, exclusive, autonomy_ms, requires, avoid, spread_group, enabled,
    config, encrypted, fingerprint, redacted, resources, move_cost
  from unnest($3::text[], $4::double precision[], $5::integer[], $6::boolean[], $7::bigint[],
    $8::jsonb[], $9::jsonb[], $10::text[], $11::boolean[], $12::jsonb[], $13::bytea[], $14::bytea[],
    $15::text[], $16::jsonb[], $17::double precision[])
    with ordinality as i (name, weight, priority, exclusive, autonomy_ms, requires, avoid,
      spread_group, enabled, config, encrypted, fingerprint, redacted, resources, move_cost,
      position)
  order by position
  returning stream_id
)
insert into assignments (fleet_id, stream_id, revision) select $1, stream_id, $2 from created`;

/** Updates what was given of streams that are there, in one statement. */
export async function updateImported(
  change: OwnershipChange,
  cipher: SourceCipher,
  updated: readonly ComparedRow[],
): Promise<void> {
  if (updated.length === 0) return;
  const rows = updated.map(({ row }) => row);
  const sealed = updated.map(({ row, changedFields }) =>
    changedFields.includes('source') ? sealSource(cipher, row.source) : undefined,
  );
  await change.sql.query(UPDATE, [
    change.fleetId,
    updated.map(({ streamId }) => streamId),
    rows.map((row) => row.weight),
    rows.map((row) => row.priority),
    rows.map((row) => row.exclusive),
    rows.map((row) => row.autonomyMs),
    rows.map((row) => row.requires && JSON.stringify(row.requires)),
    rows.map((row) => row.avoid && JSON.stringify(row.avoid)),
    rows.map((row) => row.spreadGroup),
    rows.map((row) => row.enabled),
    rows.map((row) => row.config && JSON.stringify(row.config)),
    sealed.map((source) => source?.encrypted ?? null),
    sealed.map((source) => source?.fingerprint ?? null),
    sealed.map((source) => source?.redacted ?? null),
    rows.map((row) => row.resources && JSON.stringify(row.resources)),
    rows.map((row) => row.moveCost),
  ]);
}

const UPDATE = `
update streams s set
  weight = coalesce(i.weight, s.weight),
  resources = coalesce(i.resources, s.resources),
  move_cost = coalesce(i.move_cost, s.move_cost),
  priority = coalesce(i.priority, s.priority),
  exclusive = coalesce(i.exclusive, s.exclusive),
  autonomy_ms = coalesce(i.autonomy_ms, s.autonomy_ms),
  requires = coalesce(i.requires, s.requires),
  avoid = coalesce(i.avoid, s.avoid),
  spread_group = case when i.spread_group is null then s.spread_group
    else nullif(i.spread_group, '') end,
  enabled = coalesce(i.enabled, s.enabled),
  config = coalesce(i.config, s.config),
  source_encrypted = coalesce(i.encrypted, s.source_encrypted),
  source_fingerprint = coalesce(i.fingerprint, s.source_fingerprint),
  source_redacted = coalesce(i.redacted, s.source_redacted),
  updated_at = weir_now()
from unnest($2::bigint[], $3::double precision[], $4::integer[], $5::boolean[], $6::bigint[],
  $7::jsonb[], $8::jsonb[], $9::text[], $10::boolean[], $11::jsonb[], $12::bytea[], $13::bytea[],
  $14::text[], $15::jsonb[], $16::double precision[])
  as i (stream_id, weight, priority, exclusive, autonomy_ms, requires, avoid, spread_group, enabled,
    config, encrypted, fingerprint, redacted, resources, move_cost)
where s.fleet_id = $1 and s.stream_id = i.stream_id`;
