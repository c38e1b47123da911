import type { RedisSection } from '@weir/config';
import type { RedisOptions as BullRedisOptions } from 'bullmq';
import type { RedisOptions } from 'ioredis';

const CONNECT_TIMEOUT_MS = 2000;
const RECONNECT_FIRST_MS = 50;
const RECONNECT_MAX_MS = 2000;
const KEEP_ALIVE_MS = 5000;

/**
 * For commands that a caller waits for: they fail at once while Redis is away, and after
 * `COMMAND_TIMEOUT_MS` when it is there but silent.
 */
export function failFastOptions(redis: RedisSection): RedisOptions {
  return {
    ...commonOptions(redis),
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_TIMEOUT_MS,
  };
}

const COMMAND_TIMEOUT_MS = 2000;

/** For processors, whose commands block until there is a job and outlast an outage. */
export function blockingOptions(redis: RedisSection): BullRedisOptions {
  return { ...commonOptions(redis), maxRetriesPerRequest: null };
}

function commonOptions(redis: RedisSection) {
  return {
    host: redis.host,
    port: redis.port,
    ...(redis.password === undefined ? {} : { password: redis.password.reveal() }),
    connectTimeout: CONNECT_TIMEOUT_MS,
    keepAlive: KEEP_ALIVE_MS,
    retryStrategy: reconnectDelayMs,
  } satisfies RedisOptions;
}

/**
 * Exponential from 50 ms to 2 s, then for ever, jittered so that a fleet of replicas spreads out.
 */
function reconnectDelayMs(attempt: number): number {
  const delayMs = Math.min(RECONNECT_FIRST_MS * 2 ** Math.min(attempt, 10), RECONNECT_MAX_MS);
  return Math.round(delayMs * (0.5 + Math.random() / 2));
}
