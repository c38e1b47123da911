import { readPostgresFigures } from '@weir/database';
import type { PostgresFigures, TransactionRunner } from '@weir/database';
import { measureBest, readProbe } from './probe.reading';
import type { ProbeReading } from './probe.reading';

/** PostgreSQL's figures, and how long one real query took over a connection that services use. */
export interface PostgresReading extends PostgresFigures {
  readonly queryMs: number;
}

export function probePostgres(runner: TransactionRunner): Promise<ProbeReading<PostgresReading>> {
  return readProbe(async () => {
    const queryMs = await measureBest(() => runner.query('select generation from cluster_state'));
    return { ...(await readPostgresFigures(runner)), queryMs };
  });
}
