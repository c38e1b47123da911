import type { AssignmentStatus, AssignmentView, HoldKind } from '@weir/domain';
import type { SqlSession } from '../connection/sql-session';
import { HELD_BACK_COLUMNS, toHeldBackView } from './held-back.view';
import type { HeldBackColumns } from './held-back.view';
import { toIso, toPage } from './page';
import type { Page, PageRequest } from './page';
import { unknownStream } from './stream-view.repository';

type AssignmentViewRow = Omit<AssignmentView, 'assignedAt' | 'restUntil' | 'heldBack'> &
  HeldBackColumns & { readonly assignedAt: Date | null };

const VIEW = `
select a.stream_id::text as "streamId", s.name as "streamName", a.server_id as "serverId",
  a.incarnation, a.epoch, a.revision, a.status, a.assigned_at as "assignedAt",
  (select coalesce(json_agg(json_build_object('serverId', e.server_id,
    'desired', e.desired, 'epoch', e.epoch) order by e.server_id), '[]')
    from move_ends e where e.fleet_id = a.fleet_id and e.stream_id = a.stream_id) as ends,
  r.state as "reportedState", r.error as "reportedError", r.load as "reportedLoad",
  a.unplaced_reasons as "unplacedReasons", ${HELD_BACK_COLUMNS}
from assignments a
join streams s on s.fleet_id = a.fleet_id and s.stream_id = a.stream_id
left join stream_reports r on r.fleet_id = a.fleet_id and r.stream_id = a.stream_id
  and r.server_id = a.server_id`;

/** Which assignments are asked for; null: any. */
export interface AssignmentFilter {
  readonly serverId: string | null;
  readonly status: AssignmentStatus | null;
  readonly heldBack: HoldKind | null;
}

/**
 * Assignments by stream id, with what their owners last said of them, or why they have no owner.
 * Streams that nobody wants to run (disabled, deleted) are listed only while somebody still holds
 * them. The cursor is a stream id.
 */
export async function listAssignments(
  sql: SqlSession,
  fleetId: number,
  filter: AssignmentFilter,
  page: PageRequest,
): Promise<Page<AssignmentView>> {
  const rows = await sql.query<AssignmentViewRow>(
    `${VIEW}
     where a.fleet_id = $1 and a.stream_id > $2
       and (a.server_id is not null or (s.enabled and s.deleted_at is null))
       ${filter.serverId === null ? 'and $3::text is null' : 'and a.server_id = $3'}
       ${filter.status === null ? 'and $4::text is null' : 'and a.status = $4'}
       ${filter.heldBack === null ? 'and $6::text is null' : 'and a.held_back = $6'}
     order by a.stream_id limit $5`,
    [fleetId, page.after ?? '0', filter.serverId, filter.status, page.limit + 1, filter.heldBack],
  );
  return toPage(rows, page.limit, { toItem: toView, cursorOf: (row) => row.streamId });
}

/** One assignment. @throws DomainError STREAM_UNKNOWN, also for a stream that was deleted */
export async function getAssignment(
  sql: SqlSession,
  fleetId: number,
  streamId: string,
): Promise<AssignmentView> {
  const rows = await sql.query<AssignmentViewRow>(
    `${VIEW} where a.fleet_id = $1 and a.stream_id = $2 and s.deleted_at is null`,
    [fleetId, streamId],
  );
  if (!rows[0]) throw unknownStream(streamId);
  return toView(rows[0]);
}

function toView(row: AssignmentViewRow): AssignmentView {
  const { heldKind: _kind, heldSince: _since, failureLog: _log, hold: _hold, ...view } = row;
  return {
    ...view,
    assignedAt: toIso(row.assignedAt),
    restUntil: toIso(row.restUntil),
    heldBack: toHeldBackView(row),
  };
}
