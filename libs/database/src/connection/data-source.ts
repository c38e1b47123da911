import { DataSource } from 'typeorm';
import type { DataSourceOptions } from 'typeorm';
import { ENTITIES } from '../entities';
import { MIGRATIONS } from '../migrations';
import type { DatabaseOptions } from './database-options';
import { SnakeNamingStrategy } from './naming.strategy';

/** Connections for ordinary reads and writes of entities. */
export const ORDINARY_CONNECTIONS_MAX = 8;

/** Options of the TypeORM data source: never changes the schema by itself. */
export function dataSourceOptionsOf(options: DatabaseOptions): DataSourceOptions {
  return {
    type: 'postgres',
    host: options.host,
    port: options.port,
    database: options.name,
    username: options.user,
    password: options.password,
    applicationName: options.applicationName,
    entities: [...ENTITIES],
    migrations: [...MIGRATIONS],
    migrationsTableName: 'schema_migrations',
    migrationsTransactionMode: 'each',
    migrationsRun: false,
    synchronize: false,
    namingStrategy: new SnakeNamingStrategy(),
    poolSize: Math.min(ORDINARY_CONNECTIONS_MAX, options.connectionsMax),
    parseInt8: true,
    extra: {
      connectionTimeoutMillis: 2_000,
      idleTimeoutMillis: 30_000,
      statement_timeout: options.timeoutMs,
      query_timeout: options.timeoutMs + 500,
      idle_in_transaction_session_timeout: 10_000,
      keepAlive: true,
    },
  };
}

/** A data source outside Nest, for programs such as migrate. */
export function createDataSource(options: DatabaseOptions): DataSource {
  return new DataSource(dataSourceOptionsOf(options));
}
