import type { RedisSection } from '@weir/config';
import type { Logger } from '@weir/observability';
import { probeRedis, RedisPolicyError } from '@weir/queues';
import type { PhaseResult } from '../phase.recorder';
import { messageOf, retryWithin } from '../retry';

const PHASE = 'redis';

/**
 * Waits for Redis, and goes on without it when its budget is spent: it is only the doorbell, and is
 * used as soon as it comes.
 *
 * @throws RedisPolicyError at once when Redis would evict parts of queues, which is worse than no
 * Redis
 */
export async function waitForRedis(
  redis: RedisSection,
  budgetMs: number,
  logger: Logger,
): Promise<PhaseResult> {
  const outcome = await retryWithin(
    budgetMs,
    () => probeRedis(redis),
    ({ attempt, error, nextDelayMs }) =>
      logger.warn(
        { phase: PHASE, attempt, nextDelayMs, reason: messageOf(error) },
        `Redis is not reachable (attempt ${attempt}): ${messageOf(error)}`,
      ),
    (error) => error instanceof RedisPolicyError,
  );
  const { attempts } = outcome;
  if (outcome.kind === 'done') return { attempts };
  const degradedBecause =
    `Redis at ${redis.host}:${redis.port} could not be reached (${messageOf(outcome.error)}); ` +
    'going on by cadence, without doorbells';
  return { attempts, degradedBecause };
}
