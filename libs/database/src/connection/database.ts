import { TransactionRunner } from '../resilience/transaction-runner';
import type { DatabaseOptions } from './database-options';
import { createPool } from './pools';

/** Heartbeats never wait behind other work: few connections of their own, and short time limits. */
const HEARTBEAT_CONNECTIONS = 4;
const HEARTBEAT_STATEMENT_MS = 2_000;
const HEARTBEAT_LOCK_MS = 1_000;
/** A heartbeat that is not stored by then is better sent again. In ms. */
const HEARTBEAT_BUDGET_MS = 4_000;
/**
 * Everything a heartbeat does is a look-up by key, whatever the statistics of the tables say by
 * now: a new or just emptied table would else be read whole for each of a thousand rows.
 */
const HEARTBEAT_OPTIONS = '-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off';
const CONTROL_CONNECTIONS = 8;
const CONTROL_LOCK_MS = 3_000;

/**
 * The two ways in that matter for ownership, each with its own pool and breaker. Ordinary reads go
 * through TypeORM's data source, which is a third.
 */
export class Database {
  readonly heartbeat: TransactionRunner;
  readonly control: TransactionRunner;

  constructor(
    readonly options: DatabaseOptions,
    onError: (error: Error) => void,
  ) {
    const retry = { retriesMax: options.retriesMax, retryDelayMs: options.retryDelayMs };
    this.heartbeat = new TransactionRunner(
      createPool(
        options,
        {
          max: Math.min(HEARTBEAT_CONNECTIONS, options.connectionsMax),
          statementTimeoutMs: HEARTBEAT_STATEMENT_MS,
          lockTimeoutMs: HEARTBEAT_LOCK_MS,
          serverOptions: HEARTBEAT_OPTIONS,
        },
        onError,
      ),
      { ...retry, budgetMs: HEARTBEAT_BUDGET_MS },
    );
    this.control = new TransactionRunner(
      createPool(
        options,
        {
          max: Math.min(CONTROL_CONNECTIONS, options.connectionsMax),
          statementTimeoutMs: options.timeoutMs,
          lockTimeoutMs: CONTROL_LOCK_MS,
        },
        onError,
      ),
      { ...retry, budgetMs: options.timeoutMs },
    );
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.heartbeat.close(), this.control.close()]);
  }
}
