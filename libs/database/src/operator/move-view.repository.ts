import { DomainError } from '@weir/domain';
import type { MoveState, MoveView } from '@weir/domain';
import type { SqlSession } from '../connection/sql-session';
import { toIso, toPage } from './page';
import type { Page, PageRequest } from './page';

type MoveViewRow = Omit<MoveView, 'deadline' | 'createdAt' | 'startedAt' | 'updatedAt'> & {
  readonly deadline: Date | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly updatedAt: Date;
};

const VIEW = `
select m.move_id::text as "moveId", m.stream_id::text as "streamId", s.name as "streamName",
  m.from_server_id as "fromServerId", m.to_server_id as "toServerId", m.state, m.exclusive,
  m.plan_id::text as "planId", m.reason, m.gain, m.cost, m.error,
  case when m.state in ('preparing', 'stopping', 'starting') then m.deadline end as deadline,
  m.created_at as "createdAt", m.started_at as "startedAt", m.updated_at as "updatedAt"
from moves m join streams s on s.fleet_id = m.fleet_id and s.stream_id = m.stream_id`;

/** Which moves are asked for; null: any. */
export interface MoveFilter {
  readonly state: MoveState | null;
  readonly streamId?: string | null;
}

/** Moves, newest first. The cursor is a move id. */
export async function listMoves(
  sql: SqlSession,
  fleetId: number,
  filter: MoveFilter,
  page: PageRequest,
): Promise<Page<MoveView>> {
  const rows = await sql.query<MoveViewRow>(
    `${VIEW} where m.fleet_id = $1 and ($2::bigint is null or m.move_id < $2)
       and ($3::text is null or m.state = $3) and ($4::bigint is null or m.stream_id = $4)
     order by m.move_id desc limit $5`,
    [fleetId, page.after, filter.state, filter.streamId ?? null, page.limit + 1],
  );
  return toPage(rows, page.limit, { toItem: toMoveView, cursorOf: (row) => row.moveId });
}

/** The moves of a rebalance in the order of its plan. The cursor is a position in it. */
export async function listMovesOfPlan(
  sql: SqlSession,
  plan: { readonly fleetId: number; readonly planId: string },
  page: PageRequest,
): Promise<Page<MoveView>> {
  const rows = await sql.query<MoveViewRow & { readonly position: number }>(
    `select v.*, p.position from (${VIEW} where m.fleet_id = $1 and m.plan_id = $2) v
     join moves p on p.fleet_id = $1 and p.move_id = v."moveId"::bigint
     where ($3::bigint is null or p.position > $3) order by p.position limit $4`,
    [plan.fleetId, plan.planId, page.after, page.limit + 1],
  );
  return toPage(rows, page.limit, {
    toItem: ({ position: _position, ...row }) => toMoveView(row),
    cursorOf: (row) => String(row.position),
  });
}

/** One move. @throws DomainError MOVE_UNKNOWN */
export async function getMove(sql: SqlSession, fleetId: number, moveId: string): Promise<MoveView> {
  const rows = await sql.query<MoveViewRow>(`${VIEW} where m.fleet_id = $1 and m.move_id = $2`, [
    fleetId,
    moveId,
  ]);
  if (!rows[0]) throw new DomainError('MOVE_UNKNOWN', `no move ${moveId} in this fleet`);
  return toMoveView(rows[0]);
}

function toMoveView(row: MoveViewRow): MoveView {
  return {
    ...row,
    deadline: toIso(row.deadline),
    createdAt: toIso(row.createdAt),
    startedAt: toIso(row.startedAt),
    updatedAt: toIso(row.updatedAt),
  };
}
