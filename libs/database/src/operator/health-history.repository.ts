import type { SystemHealth } from '@weir/domain';
import { MoreThanOrEqual } from 'typeorm';
import { HealthSampleEntity } from '../entities/health-sample.entity';
import type { SqlSession } from '../connection/sql-session';
import type { OrdinaryReads } from './ordinary-reads';

/** The newest sample, and how old it is by the database's clock. In ms. */
export interface AgedHealth {
  readonly health: SystemHealth;
  readonly ageMs: number;
}

/** The newest sample of the system's health; undefined when none was taken yet. */
export async function findLatestHealth(sql: SqlSession): Promise<AgedHealth | undefined> {
  const rows = await sql.query<AgedHealth>(
    `select health, extract(epoch from weir_now() - at)::double precision * 1000 as "ageMs"
     from health_samples order by at desc limit 1`,
  );
  return rows[0];
}

/** Samples since a moment, oldest first. */
export async function listHealth(
  reads: OrdinaryReads,
  since: Date,
  limit: number,
): Promise<SystemHealth[]> {
  const samples = await reads.entities((manager) =>
    manager.find(HealthSampleEntity, {
      where: { at: MoreThanOrEqual(since) },
      order: { at: 'ASC' },
      take: limit,
    }),
  );
  return samples.map((sample) => sample.health);
}
