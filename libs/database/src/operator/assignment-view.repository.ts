import type { AssignmentStatus, AssignmentView } from '@weir/domain';
import type { SqlSession } from '../connection/sql-session';
import { toIso, toPage } from './page';
import type { Page, PageRequest } from './page';

type AssignmentViewRow = Omit<AssignmentView, 'assignedAt'> & { readonly assignedAt: Date | null };

/**
 * Assignments by stream id, with what their owners last said of them, or why they have no owner.
 * Streams that nobody wants to run (disabled, deleted) are listed only while somebody still holds
 * them. The cursor is a stream id.
 */
export async function listAssignments(
  sql: SqlSession,
  fleetId: number,
  filter: { readonly serverId: string | null; readonly status: AssignmentStatus | null },
  page: PageRequest,
): Promise<Page<AssignmentView>> {
  const rows = await sql.query<AssignmentViewRow>(
    `select a.stream_id::text as "streamId", s.name as "streamName", a.server_id as "serverId",
       a.incarnation, a.epoch, a.revision, a.status, a.assigned_at as "assignedAt",
       r.state as "reportedState", r.error as "reportedError", r.load as "reportedLoad",
       a.unplaced_reasons as "unplacedReasons"
     from assignments a
     join streams s on s.fleet_id = a.fleet_id and s.stream_id = a.stream_id
     left join stream_reports r on r.fleet_id = a.fleet_id and r.stream_id = a.stream_id
       and r.server_id = a.server_id
     where a.fleet_id = $1 and a.stream_id > $2
       and (a.server_id is not null or (s.enabled and s.deleted_at is null))
       ${filter.serverId === null ? 'and $3::text is null' : 'and a.server_id = $3'}
       ${filter.status === null ? 'and $4::text is null' : 'and a.status = $4'}
     order by a.stream_id limit $5`,
    [fleetId, page.after ?? '0', filter.serverId, filter.status, page.limit + 1],
  );
  return toPage(rows, page.limit, {
    toItem: (row) => ({ ...row, assignedAt: toIso(row.assignedAt) }),
    cursorOf: (row) => row.streamId,
  });
}
