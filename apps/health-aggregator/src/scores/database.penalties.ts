import type { EarlierCounts } from '../health/health.readings';
import type { PostgresReading } from '../probes/postgres.probe';
import type { ProbeReading } from '../probes/probe.reading';
import { ramp } from './penalty';
import type { Penalty } from './penalty';

const CONNECTIONS_ERROR_RATIO = 0.95;

/**
 * | measure | free up to | full share from | share |
 * |---|---|---|---|
 * | one query | 50 ms | 1 s | 0.5 |
 * | connections used / allowed | 0.8 | 1 | 0.6 |
 * | statements that wait for a lock | 5 | 50 | 0.4 |
 * | oldest transaction | 1 min | 15 min | 0.4 |
 * | replication lag | 5 s | 60 s | 0.2 |
 * | a deadlock since the look before | none | one | 0.1 |
 * | it does not answer | | | 1 |
 */
export function databasePenalties(
  postgres: ProbeReading<PostgresReading>,
  earlier: EarlierCounts | undefined,
): Penalty[] {
  if (postgres.kind === 'failed') {
    const message = 'nothing can be measured while PostgreSQL does not answer';
    return [{ share: 1, severity: 'WARNING', message }];
  }
  const { figures } = postgres;
  const used = figures.connectionsUsed / figures.connectionsMax;
  const oldestMs = figures.oldestTransactionMs ?? 0;
  const lagMs = figures.replicationLagMs ?? 0;
  const deadlocks = figures.deadlocks - (earlier?.deadlocks ?? figures.deadlocks);
  return [
    {
      share: 0.5 * ramp(figures.queryMs, 50, 1_000),
      severity: 'WARNING',
      message:
        `a small query takes ${Math.round(figures.queryMs)} ms: see the load of PostgreSQL's ` +
        'host',
    },
    {
      share: 0.6 * ramp(used, 0.8, 1),
      severity: used >= CONNECTIONS_ERROR_RATIO ? 'ERROR' : 'WARNING',
      message:
        `${figures.connectionsUsed} of ${figures.connectionsMax} connections to PostgreSQL ` +
        'are used: raise max_connections or lower DB_POOL_MAX',
    },
    {
      share: 0.4 * ramp(figures.waitingLocks, 5, 50),
      severity: 'WARNING',
      message:
        `${figures.waitingLocks} statements wait for locks: see pg_stat_activity for who ` +
        'holds them',
    },
    {
      share: 0.4 * ramp(oldestMs, 60_000, 900_000),
      severity: 'WARNING',
      message:
        `a transaction is open for ${Math.round(oldestMs / 1_000)} s and keeps old rows from ` +
        'being removed: end it',
    },
    {
      share: 0.2 * ramp(lagMs, 5_000, 60_000),
      severity: 'WARNING',
      message:
        `a replica is ${Math.round(lagMs / 1_000)} s behind: a failover would lose that ` + 'much',
    },
    {
      share: deadlocks > 0 ? 0.1 : 0,
      severity: 'WARNING',
      message: `${deadlocks} deadlocks since the last look; they were retried`,
    },
  ];
}
