import type { SystemHealth } from '@weir/domain';
import type { SqlSession } from '../connection/sql-session';

/** Adds a sample to the history of the system's health. */
export async function storeHealthSample(sql: SqlSession, health: SystemHealth): Promise<void> {
  await sql.query('insert into health_samples (overall, health) values ($1, $2)', [
    health.overall,
    JSON.stringify(health),
  ]);
}
