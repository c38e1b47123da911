import type { EventView } from '@weir/domain';
import type { SqlSession } from '../connection/sql-session';
import { toIso, toPage } from './page';
import type { Page, PageRequest } from './page';

type EventViewRow = Omit<EventView, 'at'> & { readonly at: Date };

const VIEW = `
select event_id::text as "eventId", at, kind, severity, stream_id::text as "streamId",
  server_id as "serverId", message, detail
from events`;

export interface EventFilter {
  readonly streamId: string | null;
  readonly serverId: string | null;
  readonly kind: string | null;
  readonly since: Date | null;
}

/** Events of a fleet, newest last. The cursor is an event id. */
export async function listEvents(
  sql: SqlSession,
  fleetId: number,
  filter: EventFilter,
  page: PageRequest,
): Promise<Page<EventView>> {
  const rows = await sql.query<EventViewRow>(
    `${VIEW} where fleet_id = $1 and event_id > $2
       ${filter.streamId === null ? 'and $3::bigint is null' : 'and stream_id = $3'}
       ${filter.serverId === null ? 'and $4::text is null' : 'and server_id = $4'}
       ${filter.kind === null ? 'and $5::text is null' : 'and kind = $5'}
       ${filter.since === null ? 'and $6::timestamptz is null' : 'and at >= $6'}
     order by event_id limit $7`,
    [
      fleetId,
      page.after ?? '0',
      filter.streamId,
      filter.serverId,
      filter.kind,
      filter.since,
      page.limit + 1,
    ],
  );
  return toPage(rows, page.limit, { toItem: toView, cursorOf: (row) => row.eventId });
}

/**
 * What put a stream on an instance: its placement there, or the move to it. A move that never
 * reached its target decided nothing. Undefined if there was none, or too long ago to know.
 */
export async function findLastDecision(
  sql: SqlSession,
  fleetId: number,
  { streamId, serverId }: { readonly streamId: string; readonly serverId: string },
): Promise<EventView | undefined> {
  const rows = await sql.query<EventViewRow>(
    `${VIEW} where fleet_id = $1 and stream_id = $2 and server_id = $3
       and kind in ('stream.placed', 'move.started')
     order by event_id desc limit 1`,
    [fleetId, streamId, serverId],
  );
  return rows[0] && toView(rows[0]);
}

/** Events with `after` < id <= `upTo`, in order, at most `limit`. */
export async function readEventsBetween(
  sql: SqlSession,
  fleetId: number,
  range: { readonly after: number; readonly upTo: number },
  limit: number,
): Promise<EventView[]> {
  const rows = await sql.query<EventViewRow>(
    `${VIEW} where fleet_id = $1 and event_id > $2 and event_id <= $3 order by event_id limit $4`,
    [fleetId, range.after, range.upTo, limit],
  );
  return rows.map(toView);
}

function toView(row: EventViewRow): EventView {
  return { ...row, at: toIso(row.at) };
}
