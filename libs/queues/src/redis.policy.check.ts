import type { Redis } from 'ioredis';

/** Redis would throw jobs away under memory pressure, silently and in part. */
export class RedisPolicyError extends Error {
  readonly code = 'REDIS_EVICTS';

  constructor(readonly policy: string) {
    super(
      `Redis has maxmemory-policy ${policy}: at its memory limit it would delete parts of queues ` +
        'without a word. Set "maxmemory-policy noeviction" in its configuration and start again.',
    );
    this.name = 'RedisPolicyError';
  }
}

/**
 * The `maxmemory-policy` of Redis, or undefined when the server does not tell: INFO answers without
 * administrator rights on most servers, CONFIG is asked when it does not.
 */
export async function findEvictionPolicy(client: Redis): Promise<string | undefined> {
  const info = await answerOrNothing(() => client.info('memory'));
  const fromInfo = /^maxmemory_policy:(\S+)/m.exec(info ?? '')?.[1];
  if (fromInfo !== undefined) return fromInfo;
  const answer = await answerOrNothing(() => client.config('GET', 'maxmemory-policy'));
  const policy: unknown = Array.isArray(answer) ? answer[1] : undefined;
  return typeof policy === 'string' ? policy : undefined;
}

/** Refuses a Redis that may evict. A server that does not tell its policy is accepted. */
export async function assertNoEviction(client: Redis): Promise<void> {
  const policy = await findEvictionPolicy(client);
  if (policy !== undefined && policy !== 'noeviction') throw new RedisPolicyError(policy);
}

/**
 * An unknown or forbidden command is an answer; anything else, such as a lost connection, is
 * thrown.
 */
async function answerOrNothing<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Error && error.name === 'ReplyError') return undefined;
    throw error;
  }
}
