import { Client } from 'pg';
import { codeOf, EmbeddedError } from './embedded.error';
import type { PostgresOptions } from './postgres.types';
import type { Program } from './program.process';
import { until } from './until';

/** A connection on the loopback address either opens at once or not at all. */
const CONNECT_TIMEOUT_MS = 2_000;

/** Errors of a server that is on its way up: no listener yet, or it still recovers. */
const COMING_UP = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', '57P03']);

/** 28P01 invalid_password, 28000 invalid_authorization_specification: waiting does not help. */
const REFUSED = new Set(['28P01', '28000']);

/** Runs `use` on a connection of its own to `database`. */
export async function withConnection<T>(
  target: Pick<PostgresOptions, 'port' | 'password'>,
  database: string,
  use: (client: Client) => Promise<T>,
): Promise<T> {
  const client = new Client({
    host: '127.0.0.1',
    port: target.port,
    user: 'postgres',
    password: target.password,
    database,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'weir-embedded',
  });
  // A server that dies while the connection is open reports it here as well as on the query.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await use(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * Waits until the server answers a query over TCP.
 * @returns false when the program ended before that.
 * @throws EmbeddedError PASSWORD_REFUSED, or NOT_READY_IN_TIME with the last lines of its log.
 */
export async function waitUntilReady(
  options: PostgresOptions,
  program: Program,
  timeoutMs: number,
): Promise<boolean> {
  let last: unknown;
  const answer = await until(async () => {
    if (program.hasExited) {
      return 'ended';
    }
    try {
      await withConnection(options, 'postgres', (client) => client.query('SELECT 1'));
      return 'ready';
    } catch (error) {
      last = assertComingUp(error);
      return undefined;
    }
  }, timeoutMs);
  if (answer === undefined) {
    throw new EmbeddedError(
      'NOT_READY_IN_TIME',
      `PostgreSQL did not answer on port ${options.port} within ${timeoutMs} ms:\n${program.logTail()}`,
      { cause: last },
    );
  }
  return answer === 'ready';
}

function assertComingUp(error: unknown): unknown {
  const code = codeOf(error);
  if (code !== undefined && REFUSED.has(code)) {
    throw new EmbeddedError(
      'PASSWORD_REFUSED',
      'The data folder was made with another password for the user "postgres" than the one given now.',
      { cause: error },
    );
  }
  // Without a code: the connection was closed, or took too long.
  if (code === undefined || COMING_UP.has(code)) {
    return error;
  }
  throw error;
}

/** Makes the database `name` if it is not there; tells whether it made it. */
export async function createDatabase(
  target: Pick<PostgresOptions, 'port' | 'password'>,
  name: string,
): Promise<boolean> {
  return withConnection(target, 'postgres', async (client) => {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (found.rows.length > 0) {
      return false;
    }
    try {
      await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
      return true;
    } catch (error) {
      // 42P04 duplicate_database; 23505 is what two callers at the same moment get.
      if (['42P04', '23505'].includes(codeOf(error) ?? '')) {
        return false;
      }
      throw error;
    }
  });
}
