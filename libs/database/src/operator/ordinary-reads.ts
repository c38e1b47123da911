import { setTimeout as wait } from 'node:timers/promises';
import type { DataSource, EntityManager } from 'typeorm';
import type { Row, SqlSession } from '../connection/sql-session';
import { DatabaseUnavailableError } from '../resilience/database-unavailable.error';
import { classifyFailure } from '../resilience/failure-kind';

/** When a caller may come back after the database stayed away. In ms. */
const RETRY_AFTER_MS = 1_000;

export interface ReadRetryRule {
  readonly retriesMax: number;
  readonly retryDelayMs: number;
  /** No attempt starts later than this after the call. In ms. */
  readonly timeoutMs: number;
}

/**
 * Reads for operators, on TypeORM's own connections: however many there are, they never take a
 * connection away from heartbeats or from changes of ownership.
 */
export class OrdinaryReads implements SqlSession {
  constructor(
    private readonly source: DataSource,
    private readonly rule: ReadRetryRule,
  ) {}

  /** Runs one statement that reads. @throws DatabaseUnavailableError */
  query<T extends object = Row>(text: string, values: readonly unknown[] = []): Promise<T[]> {
    return this.retry(() => this.source.query<T[]>(text, [...values]));
  }

  /** Reads entities. `read` may run several times. @throws DatabaseUnavailableError */
  entities<T>(read: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.retry(() => read(this.source.manager));
  }

  private async retry<T>(once: () => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await once();
      } catch (error) {
        const kind = classifyFailure(error);
        if (kind === 'answer' || kind === 'bug') throw error;
        const isTransient = kind === 'connection' || kind === 'conflict';
        const delayMs = Math.random() * this.rule.retryDelayMs * 2 ** attempt;
        const isInTime = performance.now() - startedAt + delayMs < this.rule.timeoutMs;
        if (!isTransient || !isInTime || attempt >= this.rule.retriesMax) {
          throw new DatabaseUnavailableError('read', RETRY_AFTER_MS, { cause: error });
        }
        await wait(delayMs);
      }
    }
  }
}
