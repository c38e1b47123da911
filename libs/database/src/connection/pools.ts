import { Pool, types } from 'pg';
import type { PoolConfig } from 'pg';
import type { DatabaseOptions } from './database-options';

const INT8_OID = 20;
/** A new connection is made or given up within this time. */
const CONNECT_TIMEOUT_MS = 2_000;
/** A transaction that waits for its own program this long is ended by the server. */
const IDLE_IN_TRANSACTION_MS = 10_000;

/** Our statements are short: to compile one takes longer than to run it. */
const NO_COMPILING = '-c jit=off';

export interface PoolLimits {
  readonly max: number;
  readonly statementTimeoutMs: number;
  readonly lockTimeoutMs: number;
  /** Server settings of each connection, as `-c name=value` options. */
  readonly serverOptions?: string;
}

/**
 * A pool of connections with every time-out set: a paused server holds nobody for ever, and an idle
 * connection that the server closes is not an unhandled error.
 * @param onError told of errors on idle connections; the pool replaces those by itself.
 */
export function createPool(
  options: DatabaseOptions,
  limits: PoolLimits,
  onError: (error: Error) => void,
): Pool {
  const config: PoolConfig = {
    host: options.host,
    port: options.port,
    database: options.name,
    user: options.user,
    password: options.password,
    application_name: options.applicationName,
    max: limits.max,
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: limits.statementTimeoutMs,
    lock_timeout: limits.lockTimeoutMs,
    query_timeout: limits.statementTimeoutMs + 500,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    keepAlive: true,
    options: [NO_COMPILING, limits.serverOptions].filter(Boolean).join(' '),
    types: { getTypeParser: parserOf },
  };
  const pool = new Pool(config);
  pool.on('error', onError);
  // A connection that breaks while somebody holds it between two statements (a turn, a transaction)
  // must not end the process: its holder learns of it from the next statement.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** bigint as number: epochs, revisions and counts all stay below 2^53. */
function parserOf(oid: number, format?: 'text' | 'binary'): (text: string) => unknown {
  if (oid === INT8_OID && format !== 'binary') return Number;
  return types.getTypeParser(oid, format as 'text') as (text: string) => unknown;
}
