import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Indicator } from '../indicator';
import type { Reading } from '../indicator';

interface ServerRow {
  readonly version: string;
  readonly started_at: Date;
  readonly is_replica: boolean;
}

/** PostgreSQL answers a real query over the connections that the service itself uses. */
@Injectable()
export class DatabaseIndicator extends Indicator {
  readonly name = 'database';
  readonly isRequired = true;

  constructor(private readonly dataSource: DataSource) {
    super();
  }

  async read(): Promise<Reading> {
    const [row] = await this.dataSource.query<ServerRow[]>(
      `select current_setting('server_version') as version,
              pg_postmaster_start_time() as started_at,
              pg_is_in_recovery() as is_replica`,
    );
    if (row === undefined) return { status: 'down', error: 'empty answer', details: {} };
    const details = {
      version: row.version,
      startedAt: row.started_at.toISOString(),
      isReplica: row.is_replica,
    };
    if (row.is_replica) return { status: 'down', error: 'is a read-only replica', details };
    return { status: 'up', details };
  }
}
