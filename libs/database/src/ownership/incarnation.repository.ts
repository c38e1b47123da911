import type { SqlSession } from '../connection/sql-session';

/** One incarnation of one instance. */
export interface IncarnationKey {
  readonly fleetId: number;
  readonly serverId: string;
  readonly incarnation: number;
}

/**
 * Which of these incarnations may still act, in one statement.
 * @returns one flag per key, in the order given; false also for instances that do not exist.
 */
export async function findLiveIncarnations(
  sql: SqlSession,
  keys: readonly IncarnationKey[],
): Promise<boolean[]> {
  const live = keys.map(() => false);
  const rows = await sql.query<{ position: number }>(
    `select k.position::integer - 1 as position
     from unnest($1::bigint[], $2::text[], $3::bigint[])
       with ordinality as k (fleet_id, server_id, incarnation, position)
     join instance_leases l on l.fleet_id = k.fleet_id and l.server_id = k.server_id
       and l.incarnation = k.incarnation and not l.fenced`,
    [
      keys.map((key) => key.fleetId),
      keys.map((key) => key.serverId),
      keys.map((key) => key.incarnation),
    ],
  );
  for (const { position } of rows) live[position] = true;
  return live;
}
