import type { MoveState, MoveView } from '@weir/domain';
import type { SqlSession } from '../connection/sql-session';
import { toIso, toPage } from './page';
import type { Page, PageRequest } from './page';

type MoveViewRow = Omit<MoveView, 'createdAt' | 'updatedAt'> & {
  readonly createdAt: Date;
  readonly updatedAt: Date;
};

/** Moves, newest first. The cursor is a move id. */
export async function listMoves(
  sql: SqlSession,
  fleetId: number,
  filter: { readonly state: MoveState | null },
  page: PageRequest,
): Promise<Page<MoveView>> {
  const rows = await sql.query<MoveViewRow>(
    `select m.move_id::text as "moveId", m.stream_id::text as "streamId", s.name as "streamName",
       m.from_server_id as "fromServerId", m.to_server_id as "toServerId", m.state, m.reason,
       m.gain, m.cost, m.error, m.created_at as "createdAt", m.updated_at as "updatedAt"
     from moves m join streams s on s.fleet_id = m.fleet_id and s.stream_id = m.stream_id
     where m.fleet_id = $1 and ($2::bigint is null or m.move_id < $2)
       and ($3::text is null or m.state = $3)
     order by m.move_id desc limit $4`,
    [fleetId, page.after, filter.state, page.limit + 1],
  );
  return toPage(rows, page.limit, {
    toItem: (row) => ({
      ...row,
      createdAt: toIso(row.createdAt),
      updatedAt: toIso(row.updatedAt),
    }),
    cursorOf: (row) => row.moveId,
  });
}
