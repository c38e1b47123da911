import type { DataSource } from 'typeorm';
import { EXPECTED_SCHEMA, MIGRATIONS } from '../migrations';

export interface SchemaState {
  /** Name of the newest migration that ran; null for an empty database. */
  readonly current: string | null;
  readonly expected: string;
  /** Migrations of this release that have not run. */
  readonly pending: readonly string[];
}

/** Compares the database's schema with the one that this release works with. Changes nothing. */
export async function checkSchema(source: Pick<DataSource, 'query'>): Promise<SchemaState> {
  const known = MIGRATIONS.map((migration) => migration.name.replace(/^_+/, ''));
  const table: { present: boolean }[] = await source.query(
    `select to_regclass('schema_migrations') is not null as present`,
  );
  if (!table[0]?.present) return { current: null, expected: EXPECTED_SCHEMA, pending: known };
  const ran: { name: string }[] = await source.query(
    'select name from schema_migrations order by id',
  );
  const names = new Set(ran.map((row) => row.name));
  return {
    current: ran.at(-1)?.name ?? null,
    expected: EXPECTED_SCHEMA,
    pending: known.filter((name) => !names.has(name)),
  };
}
