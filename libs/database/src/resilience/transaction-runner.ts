import { setTimeout as wait } from 'node:timers/promises';
import { circuitBreaker, ConsecutiveBreaker, ExponentialBackoff, handleWhen } from 'cockatiel';
import { BrokenCircuitError, CircuitState } from 'cockatiel';
import type { Pool, PoolClient } from 'pg';
import type { Row, SqlSession } from '../connection/sql-session';
import { DatabaseUnavailableError } from './database-unavailable.error';
import { classifyFailure } from './failure-kind';
import type { FailureKind } from './failure-kind';
import { RetryBudget } from './retry-budget';

/** Losses of the connection in a row before the breaker opens. */
const BREAKER_FAILURES = 5;
/**
 * The breaker tries again after this, then longer, up to the most. In ms. The most is well below
 * the shortest lease (3 s): after an outage each instance gets one lease to report, and a breaker
 * that is still open must not use that up.
 */
const BREAKER_FIRST_MS = 200;
const BREAKER_MOST_MS = 1_000;
/** When a caller that was refused should come back. In ms. */
const COME_BACK_MS = 1_000;
/** The longest wait between two attempts. In ms. */
const BACKOFF_MOST_MS = 2_000;

export interface RetryRule {
  readonly retriesMax: number;
  readonly retryDelayMs: number;
  /** No attempt starts later than this after the call. In ms. */
  readonly budgetMs: number;
}

export interface TransactionOptions {
  readonly isolation?: 'read committed' | 'repeatable read';
  readonly readOnly?: boolean;
  /**
   * What a COMMIT whose answer was lost means. `repeat`: running it again is harmless (guarded by
   * epoch, incarnation or a unique key). An operation id: it is looked up, and run again only when
   * it did not commit.
   */
  readonly onUnknownCommit: 'repeat' | { readonly operationId: string; readonly kind: string };
}

/** Counts for metrics: how often each thing happened since the start. */
export interface TransactionCounts {
  committed: number;
  retried: number;
  failed: number;
  unknownCommits: number;
}

/**
 * Runs transactions with retry by SQLSTATE, jittered and bounded, behind a breaker that opens when
 * the database is gone. One per pool.
 */
export class TransactionRunner implements SqlSession {
  readonly counts: TransactionCounts = { committed: 0, retried: 0, failed: 0, unknownCommits: 0 };
  private readonly budget = new RetryBudget();
  private readonly breaker = circuitBreaker(
    handleWhen((error) => classifyFailure(error) === 'connection'),
    {
      halfOpenAfter: new ExponentialBackoff({
        initialDelay: BREAKER_FIRST_MS,
        maxDelay: BREAKER_MOST_MS,
      }),
      breaker: new ConsecutiveBreaker(BREAKER_FAILURES),
    },
  );

  constructor(
    readonly pool: Pool,
    private readonly rule: RetryRule,
  ) {}

  get isBreakerOpen(): boolean {
    return this.breaker.state === CircuitState.Open;
  }

  /**
   * Runs `work` in a transaction and commits. `work` may run several times and must have no effect
   * but its SQL.
   * @throws DatabaseUnavailableError when the database stays away longer than the budget.
   */
  run<T>(
    operation: string,
    options: TransactionOptions,
    work: (sql: SqlSession) => Promise<T>,
  ): Promise<T> {
    return this.retry(operation, (attempt) => this.attempt(attempt, options, work));
  }

  /** Runs one statement that reads, with the same retries. */
  query<T extends object = Row>(text: string, values: readonly unknown[] = []): Promise<T[]> {
    return this.retry('query', async () => {
      const result = await this.pool.query<T>(text, [...values]);
      return result.rows;
    });
  }

  close(): Promise<void> {
    return this.pool.end();
  }

  private async retry<T>(operation: string, once: (attempt: number) => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    this.budget.earn();
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.breaker.execute(() => once(attempt));
      } catch (error) {
        const kind = kindOf(error);
        const delayMs =
          Math.random() * Math.min(BACKOFF_MOST_MS, this.rule.retryDelayMs * 2 ** attempt);
        const isInTime = performance.now() - startedAt + delayMs < this.rule.budgetMs;
        if (!isInTime || !this.mayRetry(kind, attempt)) throw this.giveUp(operation, kind, error);
        this.counts.retried += 1;
        await wait(delayMs);
      }
    }
  }

  private mayRetry(kind: FailureKind, attempt: number): boolean {
    if (kind !== 'conflict' && kind !== 'connection') return false;
    if (this.isBreakerOpen) return false;
    return attempt < this.rule.retriesMax && this.budget.spend();
  }

  private giveUp(operation: string, kind: FailureKind, error: unknown): unknown {
    this.counts.failed += 1;
    if (kind === 'answer' || kind === 'bug') return error;
    return new DatabaseUnavailableError(operation, COME_BACK_MS, { cause: error });
  }

  private async attempt<T>(
    attempt: number,
    options: TransactionOptions,
    work: (sql: SqlSession) => Promise<T>,
  ): Promise<T> {
    const client = await this.pool.connect();
    const transaction = new ClientTransaction(client);
    try {
      await transaction.begin(options);
      const earlier = await findOperation<T>(transaction, options, attempt);
      const result = earlier ? earlier.result : await work(transaction);
      if (!earlier) await recordOperation(transaction, options, result);
      await transaction.commit();
      this.counts.committed += 1;
      client.release();
      return result;
    } catch (error) {
      if (transaction.isCommitting) this.counts.unknownCommits += 1;
      await transaction.abandon(error);
      throw error;
    }
  }
}

/** One transaction on one connection. */
class ClientTransaction implements SqlSession {
  isCommitting = false;

  constructor(private readonly client: PoolClient) {}

  async begin(options: TransactionOptions): Promise<void> {
    const isolation = options.isolation ?? 'read committed';
    await this.client.query(
      `begin isolation level ${isolation}${options.readOnly ? ' read only' : ''}`,
    );
  }

  async query<T extends object = Row>(
    text: string,
    values: readonly unknown[] = [],
    name?: string,
  ): Promise<T[]> {
    const result = await this.client.query<T>({ text, values: [...values], ...(name && { name }) });
    return result.rows;
  }

  async commit(): Promise<void> {
    this.isCommitting = true;
    await this.client.query('commit');
    this.isCommitting = false;
  }

  /**
   * Gives the connection back after an error: rolled back where that is possible, destroyed else.
   */
  async abandon(error: unknown): Promise<void> {
    const kind = classifyFailure(error);
    if (kind === 'connection' || kind === 'timeout') return this.client.release(true);
    try {
      await this.client.query('rollback');
      this.client.release();
    } catch {
      this.client.release(true);
    }
  }
}

/** On a repetition: what the earlier attempt committed after all, if it did. */
async function findOperation<T>(
  sql: SqlSession,
  options: TransactionOptions,
  attempt: number,
): Promise<{ result: T } | undefined> {
  if (options.onUnknownCommit === 'repeat' || attempt === 0) return undefined;
  const rows = await sql.query<{ result: T }>(
    'select result from operations where operation_id = $1',
    [options.onUnknownCommit.operationId],
  );
  return rows[0];
}

async function recordOperation(
  sql: SqlSession,
  options: TransactionOptions,
  result: unknown,
): Promise<void> {
  if (options.onUnknownCommit === 'repeat') return;
  const { operationId, kind } = options.onUnknownCommit;
  await sql.query('insert into operations (operation_id, kind, result) values ($1, $2, $3)', [
    operationId,
    kind,
    JSON.stringify(result ?? null),
  ]);
}

function kindOf(error: unknown): FailureKind {
  return error instanceof BrokenCircuitError ? 'overload' : classifyFailure(error);
}
