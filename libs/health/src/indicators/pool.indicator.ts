import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Indicator } from '../indicator';
import type { Reading } from '../indicator';

/** What node-postgres tells about its connections. */
interface ConnectionCounts {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
  readonly options: { readonly max?: number };
}

/**
 * Connections of this process to PostgreSQL: all taken and others waiting means it is the
 * bottleneck.
 */
@Injectable()
export class PoolIndicator extends Indicator {
  readonly name = 'databasePool';
  readonly isRequired = false;

  constructor(private readonly dataSource: DataSource) {
    super();
  }

  async read(): Promise<Reading> {
    const counts = this.findCounts();
    if (counts === undefined) return { status: 'down', error: 'not connected', details: {} };
    const details = {
      connections: counts.totalCount,
      idle: counts.idleCount,
      waiting: counts.waitingCount,
      connectionsMax: counts.options.max ?? null,
    };
    const isExhausted = counts.waitingCount > 0 && counts.idleCount === 0;
    return isExhausted
      ? {
          status: 'degraded',
          error: `${counts.waitingCount} callers wait for a connection`,
          details,
        }
      : { status: 'up', details };
  }

  private findCounts(): ConnectionCounts | undefined {
    const master: unknown = Reflect.get(this.dataSource.driver, 'master');
    const isPool = typeof master === 'object' && master !== null && 'totalCount' in master;
    return isPool ? (master as ConnectionCounts) : undefined;
  }
}
