import { createPool } from '@weir/database';
import type { DatabaseOptions } from '@weir/database';
import type { Logger } from '@weir/observability';
import type { PhaseResult } from '../phase.recorder';
import { messageOf, retryWithin } from '../retry';
import { StartupError } from '../startup.error';

const PHASE = 'postgresql';
const PROBE_LIMITS = { max: 1, statementTimeoutMs: 5000, lockTimeoutMs: 5000 };

/**
 * Waits until PostgreSQL answers a query. Without it the service cannot do anything: it does not
 * start.
 */
export async function waitForPostgres(
  options: DatabaseOptions,
  budgetMs: number,
  logger: Logger,
): Promise<PhaseResult> {
  const outcome = await retryWithin(
    budgetMs,
    () => probePostgres(options),
    ({ attempt, error, nextDelayMs }) =>
      logger.warn(
        { phase: PHASE, attempt, nextDelayMs, reason: messageOf(error) },
        `PostgreSQL is not reachable (attempt ${attempt}): ${messageOf(error)}`,
      ),
  );
  if (outcome.kind === 'done') return { attempts: outcome.attempts };
  throw new StartupError(
    PHASE,
    `PostgreSQL at ${options.host}:${options.port} could not be reached as ${options.user} for ` +
      `${Math.round(budgetMs / 1000)} s (${outcome.attempts} attempts); last: ` +
      `${messageOf(outcome.error)}. Check DB_HOST, DB_PORT, DB_NAME, DB_USER and DB_PASSWORD.`,
    { cause: outcome.error },
  );
}

async function probePostgres(options: DatabaseOptions): Promise<void> {
  const connections = createPool(options, PROBE_LIMITS, () => undefined);
  try {
    await connections.query('select 1');
  } finally {
    await connections.end();
  }
}
