import type { FleetSettings } from '@weir/domain';
import type { SqlSession } from '../connection/sql-session';

/** What there may be to do about streams that fail or kill. */
export interface Upkeep {
  /** Instances were lost, and nobody has drawn conclusions from it. */
  readonly hasLosses: boolean;
  /** Streams were granted long ago and are not said to run. */
  readonly hasOverdueStarts: boolean;
  /** Streams have failures, or are held back. */
  readonly hasTroubled: boolean;
}

/** One look at three small indices, so that a fleet at rest costs nothing more. */
export async function findUpkeep(
  sql: SqlSession,
  fleetId: number,
  { startTimeoutMs }: FleetSettings,
): Promise<Upkeep> {
  const rows = await sql.query<Upkeep>(FIND, [fleetId, startTimeoutMs]);
  return rows[0] ?? { hasLosses: false, hasOverdueStarts: false, hasTroubled: false };
}

const FIND = `
select
  exists (select 1 from instance_losses where fleet_id = $1 and not judged) as "hasLosses",
  exists (select 1 from assignments where fleet_id = $1 and status = 'starting'
    and assigned_at <= (select weir_now() - $2 * interval '1 millisecond')) as "hasOverdueStarts",
  exists (select 1 from assignments where fleet_id = $1
    and (failures > 0 or held_back is not null or failed_on <> '{}')) as "hasTroubled"`;
