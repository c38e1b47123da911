import { checkSchema, createPool } from '@weir/database';
import type { DatabaseOptions, SchemaState } from '@weir/database';
import type { Logger } from '@weir/observability';
import type { PhaseResult } from '../phase.recorder';
import { retryWithin } from '../retry';
import { StartupError } from '../startup.error';

const PHASE = 'schema';
const LIMITS = { max: 1, statementTimeoutMs: 5000, lockTimeoutMs: 5000 };

/** Waits for `migrate` to bring the schema that this build needs. Never changes it. */
export async function waitForSchema(
  options: DatabaseOptions,
  budgetMs: number,
  logger: Logger,
): Promise<PhaseResult> {
  const connections = createPool(options, LIMITS, () => undefined);
  try {
    const outcome = await retryWithin(
      budgetMs,
      async () => assertNothingPending(await readSchema(connections)),
      ({ attempt, error }) =>
        logger.warn({ phase: PHASE, attempt, reason: String(error) }, 'waiting for migrations'),
    );
    if (outcome.kind === 'done') return { attempts: outcome.attempts };
    throw new StartupError(PHASE, `${String(outcome.error)}. Run migrate.`, {
      cause: outcome.error,
    });
  } finally {
    await connections.end();
  }
}

async function readSchema(connections: ReturnType<typeof createPool>): Promise<SchemaState> {
  return checkSchema({
    query: async <T>(text: string): Promise<T> => (await connections.query(text)).rows as T,
  });
}

function assertNothingPending({ current, expected, pending }: SchemaState): void {
  if (pending.length === 0) return;
  const found = current ?? 'an empty database';
  throw new StartupError(
    PHASE,
    `the schema is at ${found}, this build needs ${expected} (${pending.length} migrations to run)`,
  );
}
