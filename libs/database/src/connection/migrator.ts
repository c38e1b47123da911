import { DataSource } from 'typeorm';
import type { DatabaseOptions } from './database-options';
import { dataSourceOptionsOf } from './data-source';

/** Any constant will do; it only has to be the same in every migrator. */
const MIGRATION_LOCK = 0x77656972;
/** A migration that cannot get its locks in this time gives way to the running system. In ms. */
const LOCK_TIMEOUT_MS = 5_000;

/**
 * Brings the schema to this release's version, one transaction per migration. Several migrators may
 * start at once: the first one works, the others wait and find nothing to do.
 * @returns names of the migrations that ran, oldest first.
 */
export async function migrate(options: DatabaseOptions): Promise<string[]> {
  const source = await createMigrationSource(options).initialize();
  try {
    return await migrateUnderLock(source);
  } finally {
    await source.destroy();
  }
}

async function migrateUnderLock(source: DataSource): Promise<string[]> {
  const holder = source.createQueryRunner();
  await holder.connect();
  try {
    await holder.query('set lock_timeout = 0');
    await holder.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const ran = await source.runMigrations({ transaction: 'each' });
    return ran.map((migration) => migration.name);
  } finally {
    await holder.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
    await holder.release();
  }
}

/** As the ordinary data source, but a statement may take as long as it needs. */
function createMigrationSource(options: DatabaseOptions): DataSource {
  const ordinary = dataSourceOptionsOf({ ...options, applicationName: 'weir-migrate' });
  const extra = {
    connectionTimeoutMillis: 5_000,
    lock_timeout: LOCK_TIMEOUT_MS,
    keepAlive: true,
  };
  return new DataSource({ ...ordinary, extra } as typeof ordinary);
}
