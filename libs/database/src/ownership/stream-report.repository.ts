import type { SqlSession } from '../connection/sql-session';

/** The latest that an instance said of one of its streams. */
export interface StreamReportWrite {
  readonly fleetId: number;
  readonly streamId: string;
  readonly serverId: string;
  readonly load: number | null;
  readonly state: string | null;
  readonly error: string | null;
}

/**
 * Stores reports in one statement; the last one of a stream wins. Reports of streams that the
 * instance does not own are dropped, so that nobody can report for somebody else.
 */
export async function writeStreamReports(
  sql: SqlSession,
  reports: readonly StreamReportWrite[],
): Promise<void> {
  if (reports.length === 0) return;
  await sql.query(WRITE, [
    reports.map((report) => report.fleetId),
    reports.map((report) => report.streamId),
    reports.map((report) => report.serverId),
    reports.map((report) => report.load),
    reports.map((report) => report.state),
    reports.map((report) => report.error),
  ]);
}

const WRITE = `
insert into stream_reports as r (fleet_id, stream_id, server_id, load, state, error, reported_at)
select distinct on (n.fleet_id, n.stream_id)
  n.fleet_id, n.stream_id, n.server_id, n.load, n.state, n.error, weir_now()
from unnest($1::bigint[], $2::bigint[], $3::text[], $4::double precision[], $5::text[], $6::text[])
  with ordinality as n (fleet_id, stream_id, server_id, load, state, error, position)
join assignments a on a.fleet_id = n.fleet_id and a.stream_id = n.stream_id
  and a.server_id = n.server_id
order by n.fleet_id, n.stream_id, n.position desc
on conflict (fleet_id, stream_id) do update set
  server_id = excluded.server_id,
  load = coalesce(excluded.load, case when r.server_id = excluded.server_id then r.load end),
  state = excluded.state, error = excluded.error, reported_at = excluded.reported_at`;
