import { createHash, randomBytes } from 'node:crypto';
import { Database, MIGRATIONS, migrate } from '@weir/database';
import type { DatabaseOptions } from '@weir/database';
import { Client } from 'pg';
import { providePostgres } from './postgres.fixture';

/** Any constant will do: one process at a time makes the template. */
const TEMPLATE_LOCK = 0x7465_7374;

/** A database of its own for one test file: real, migrated, and gone at the end. */
export interface TestDatabase {
  readonly options: DatabaseOptions;
  readonly database: Database;
  /** postgres:// address of this database. */
  readonly url: string;
  /**
   * Steps the only clock of ownership, `weir_now()`, away from the real one. In ms; 0 puts it back.
   */
  setClockOffset(offsetMs: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * Clones the template database, which is made once per schema: milliseconds instead of migrations.
 * @param name goes into the database's name, to find it in a log.
 */
export async function createTestDatabase(name: string): Promise<TestDatabase> {
  const postgres = await providePostgres();
  const admin = new Client({ connectionString: postgres.url });
  await admin.connect();
  const template = await ensureTemplate(admin, postgres.url);
  const databaseName = `test_${safe(name)}_${randomBytes(4).toString('hex')}`;
  await cloneTemplate(admin, template, databaseName);
  const options = optionsOf(postgres.url, databaseName);
  const database = new Database(options, () => undefined);
  return {
    options,
    database,
    url: withDatabase(postgres.url, databaseName),
    setClockOffset: (offsetMs) => setClockOffset(database, offsetMs),
    close: async () => {
      await database.close();
      await admin.query(`drop database if exists ${databaseName} with (force)`);
      await admin.end();
      await postgres.close();
    },
  };
}

async function ensureTemplate(admin: Client, adminUrl: string): Promise<string> {
  const template = `weir_template_${await schemaHash()}`;
  await admin.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK]);
  try {
    const known = await admin.query('select 1 from pg_database where datname = $1', [template]);
    if (known.rowCount === 0) await buildTemplate(admin, adminUrl, template);
  } finally {
    await admin.query('select pg_advisory_unlock($1)', [TEMPLATE_LOCK]);
  }
  return template;
}

/** Built under another name first: a template that exists is always complete. */
async function buildTemplate(admin: Client, adminUrl: string, template: string): Promise<void> {
  const unfinished = `${template}_unfinished`;
  await admin.query(`drop database if exists ${unfinished} with (force)`);
  await admin.query(`create database ${unfinished}`);
  await migrate(optionsOf(adminUrl, unfinished));
  await admin.query(`alter database ${unfinished} rename to ${template}`);
}

/** PostgreSQL refuses to copy a database that somebody is connected to, so clones take turns. */
async function cloneTemplate(admin: Client, template: string, name: string): Promise<void> {
  await admin.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK]);
  try {
    await admin.query(`create database ${name} template ${template} strategy file_copy`);
  } finally {
    await admin.query('select pg_advisory_unlock($1)', [TEMPLATE_LOCK]);
  }
}

/** Changes with any text of any migration. */
async function schemaHash(): Promise<string> {
  const hash = createHash('sha256');
  const recorder = { query: (text: string) => Promise.resolve(hash.update(text)) };
  for (const migration of MIGRATIONS) await new migration().up(recorder as never);
  return hash.digest('hex').slice(0, 16);
}

async function setClockOffset(database: Database, offsetMs: number): Promise<void> {
  const body =
    offsetMs === 0
      ? 'select clock_timestamp()'
      : `select clock_timestamp() + ${Math.round(offsetMs)} * interval '1 millisecond'`;
  await database.control.query(
    `create or replace function weir_now() returns timestamptz language sql volatile as $$ ${body} $$`,
  );
}

function optionsOf(adminUrl: string, name: string): DatabaseOptions {
  const url = new URL(adminUrl);
  return {
    host: url.hostname,
    port: Number(url.port || 5432),
    name,
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    timeoutMs: 30_000,
    retriesMax: 3,
    retryDelayMs: 20,
    connectionsMax: 10,
    applicationName: 'weir-test',
  };
}

function withDatabase(adminUrl: string, name: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return url.toString();
}

function safe(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .slice(0, 30);
}
