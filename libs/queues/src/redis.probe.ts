import type { RedisSection } from '@weir/config';
import { Redis } from 'ioredis';
import { failFastOptions } from './redis.options';
import { assertNoEviction } from './redis.policy.check';

/**
 * Connects once, sends PING, checks the eviction policy and disconnects; takes at most about 4 s.
 *
 * @throws RedisPolicyError when Redis may evict, else the error of the connection
 */
export async function probeRedis(section: RedisSection): Promise<void> {
  const client = new Redis({
    ...failFastOptions(section),
    lazyConnect: true,
    retryStrategy: () => null,
  });
  let lastError: Error | undefined;
  client.on('error', (error) => (lastError = error));
  try {
    await client.connect();
    await client.ping();
    await assertNoEviction(client);
  } catch (error) {
    // ioredis says only "Connection is closed."; what the socket said is more use.
    throw error instanceof Error && error.message.startsWith('Connection is closed')
      ? (lastError ?? error)
      : error;
  } finally {
    client.disconnect();
  }
}
