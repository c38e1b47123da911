import type { SqlSession } from '../connection/sql-session';
import type { NewEvent } from '../ownership/ownership.transaction';

/** Appends events in one statement, in the order given. */
export async function appendEvents(
  sql: SqlSession,
  fleetId: number,
  events: readonly NewEvent[],
): Promise<void> {
  if (events.length === 0) return;
  await sql.query(
    `insert into events (fleet_id, kind, severity, stream_id, server_id, message, detail)
     select $1, kind, severity, stream_id, server_id, message, detail
     from unnest($2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::jsonb[])
       with ordinality as e (kind, severity, stream_id, server_id, message, detail, position)
     order by position`,
    [
      fleetId,
      events.map((event) => event.kind),
      events.map((event) => event.severity ?? 'INFO'),
      events.map((event) => event.streamId ?? null),
      events.map((event) => event.serverId ?? null),
      events.map((event) => event.message),
      events.map((event) => JSON.stringify(event.detail ?? {})),
    ],
  );
}
