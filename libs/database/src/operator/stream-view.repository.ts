import { DomainError } from '@weir/domain';
import type { HoldKind, JsonObject, Labels, StreamResources, StreamView } from '@weir/domain';
import type { SqlSession } from '../connection/sql-session';
import { toIso, toPage } from './page';
import type { Page, PageRequest } from './page';

/** A stream as stored; the source only as operators may see it. */
export interface StreamViewRow {
  readonly streamId: string;
  readonly name: string;
  readonly source: string;
  readonly weight: number;
  readonly resources: StreamResources;
  readonly moveCost: number;
  readonly priority: number;
  readonly exclusive: boolean;
  readonly autonomyMs: number;
  readonly requires: Labels;
  readonly avoid: Labels;
  readonly spreadGroup: string | null;
  readonly enabled: boolean;
  readonly config: JsonObject;
  readonly heldBack: HoldKind | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Columns of a StreamViewRow, of a table or alias called `s`. */
export const STREAM_VIEW_COLUMNS = `
  s.stream_id::text as "streamId", s.name, s.source_redacted as source, s.weight, s.resources,
  s.move_cost as "moveCost", s.priority, s.exclusive, s.autonomy_ms as "autonomyMs", s.requires,
  s.avoid, s.spread_group as "spreadGroup",
  s.enabled, s.config, (select a.held_back from assignments a
    where a.fleet_id = s.fleet_id and a.stream_id = s.stream_id) as "heldBack", s.created_at as "createdAt", s.updated_at as "updatedAt"`;

export interface StreamFilter {
  readonly namePrefix: string | null;
  readonly enabled: boolean | null;
  /** Streams that require all of these labels. */
  readonly requires: Labels | null;
}

/** Streams in the order in which they were made. The cursor is a stream id. */
export async function listStreams(
  sql: SqlSession,
  fleetId: number,
  filter: StreamFilter,
  page: PageRequest,
): Promise<Page<StreamView>> {
  const rows = await sql.query<StreamViewRow>(
    `select ${STREAM_VIEW_COLUMNS} from streams s
     where s.fleet_id = $1 and s.deleted_at is null and s.stream_id > $2
       and ($3::text is null or starts_with(s.name, $3))
       and ($4::boolean is null or s.enabled = $4)
       and ($5::jsonb is null or s.requires @> $5)
     order by s.stream_id limit $6`,
    [
      fleetId,
      page.after ?? '0',
      filter.namePrefix,
      filter.enabled,
      filter.requires && JSON.stringify(filter.requires),
      page.limit + 1,
    ],
  );
  return toPage(rows, page.limit, { toItem: toStreamView, cursorOf: (row) => row.streamId });
}

/** @throws DomainError STREAM_UNKNOWN, also for one that was deleted. */
export async function getStream(
  sql: SqlSession,
  fleetId: number,
  streamId: string,
): Promise<StreamView> {
  const rows = await sql.query<StreamViewRow>(
    `select ${STREAM_VIEW_COLUMNS} from streams s
     where s.fleet_id = $1 and s.stream_id = $2 and s.deleted_at is null`,
    [fleetId, streamId],
  );
  if (!rows[0]) throw unknownStream(streamId);
  return toStreamView(rows[0]);
}

/** Names of streams by id; those that are not there, or were deleted, are left out. */
export async function findStreamNames(
  sql: SqlSession,
  fleetId: number,
  streamIds: readonly string[],
): Promise<Map<string, string>> {
  if (streamIds.length === 0) return new Map();
  const rows = await sql.query<{ streamId: string; name: string }>(
    `select stream_id::text as "streamId", name from streams
     where fleet_id = $1 and stream_id = any($2::bigint[]) and deleted_at is null`,
    [fleetId, streamIds],
  );
  return new Map(rows.map(({ streamId, name }) => [streamId, name]));
}

export function unknownStream(streamId: string): DomainError {
  return new DomainError('STREAM_UNKNOWN', `no stream ${streamId} in this fleet`);
}

export function toStreamView(row: StreamViewRow): StreamView {
  return { ...row, createdAt: toIso(row.createdAt), updatedAt: toIso(row.updatedAt) };
}
