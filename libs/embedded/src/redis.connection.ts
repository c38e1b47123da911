import { randomUUID } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { Redis } from 'ioredis';

/** A connection on the loopback address either opens at once or not at all. */
const CONNECT_TIMEOUT_MS = 2_000;

/** What a server says about itself. */
export interface RedisProbe {
  /** From INFO; undefined when it does not say. */
  readonly version: string | undefined;
}

/** Runs `use` on a connection to 127.0.0.1:port that tries once. */
async function withConnection<T>(
  port: number,
  password: string | undefined,
  use: (client: Redis) => Promise<T>,
): Promise<T> {
  const client = new Redis({
    host: '127.0.0.1',
    port,
    ...(password === undefined ? {} : { password }),
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: CONNECT_TIMEOUT_MS,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    // The client waits this long for a socket that never opened before it lets the process end.
    disconnectTimeout: 50,
    enableOfflineQueue: false,
  });
  // The same failure rejects connect(); without a listener it would be written to the console as
  // well.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await use(client);
  } finally {
    client.disconnect();
  }
}

/**
 * Writes, reads and deletes a key of its own on 127.0.0.1:port.
 * @throws what the client throws when the server is not there, refuses the password or gives a
 * wrong answer.
 */
export async function probeRedis(port: number, password?: string): Promise<RedisProbe> {
  return withConnection(port, password, async (client) => {
    await assertKeepsValues(client);
    const info = await client.info('server');
    return { version: /^(?:valkey|redis)_version:(\S+)/m.exec(info)?.[1] };
  });
}

/**
 * Shuts down the native server on 127.0.0.1:port if it is the one that works in `dir`: it knows the
 * password and says that folder. Whatever else listens there is left alone.
 */
export async function maybeShutDownRedis(
  port: number,
  password: string | undefined,
  dir: string,
): Promise<void> {
  await withConnection(port, password, async (client) => {
    const [, itsDir] = (await client.config('GET', 'dir')) as string[];
    if (itsDir === (await realpath(dir))) {
      // It answers by closing the connection, which the client reports as a failure.
      await client.shutdown().catch(() => undefined);
    }
  }).catch(() => undefined);
}

async function assertKeepsValues(client: Redis): Promise<void> {
  const key = `weir:probe:${randomUUID()}`;
  await client.set(key, 'kept', 'PX', 10_000);
  const value = await client.get(key);
  const deleted = await client.del(key);
  if (value !== 'kept' || deleted !== 1) {
    throw new Error(`Redis answered ${String(value)} to GET and ${deleted} to DEL.`);
  }
}
