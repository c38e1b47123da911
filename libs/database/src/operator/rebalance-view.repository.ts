import { DomainError, MOVE_STATES } from '@weir/domain';
import type { MoveState, RebalanceView } from '@weir/domain';
import type { SqlSession } from '../connection/sql-session';
import { toIso, toPage } from './page';
import type { Page, PageRequest } from './page';

interface RebalanceRow extends Omit<
  RebalanceView,
  'progress' | 'remainingMs' | 'createdAt' | 'plannedAt' | 'updatedAt' | 'finishedAt'
> {
  readonly counts: Partial<Record<MoveState, number>> | null;
  /** Since its moves may begin, in ms. */
  readonly runsForMs: number | null;
  readonly createdAt: Date;
  readonly plannedAt: Date | null;
  readonly updatedAt: Date;
  readonly finishedAt: Date | null;
}

const VIEW = `
select p.plan_id::text as "planId", p.state, p.reason, p.requested_by as "requestedBy",
  p.max_moves as "maxMoves", p.ignores_cooldown as "ignoreCooldown", p.outcome, p.scores,
  (select json_object_agg(state, count) from (select state, count(*) from moves m
    where m.fleet_id = p.fleet_id and m.plan_id = p.plan_id group by state) c) as counts,
  extract(epoch from weir_now() - p.planned_at)::double precision * 1000 as "runsForMs",
  p.created_at as "createdAt", p.planned_at as "plannedAt", p.updated_at as "updatedAt",
  p.finished_at as "finishedAt"
from plans p`;

/** Rebalances, newest first. The cursor is a plan id. */
export async function listRebalances(
  sql: SqlSession,
  fleetId: number,
  page: PageRequest,
): Promise<Page<RebalanceView>> {
  const rows = await sql.query<RebalanceRow>(
    `${VIEW} where p.fleet_id = $1 and ($2::bigint is null or p.plan_id < $2)
     order by p.plan_id desc limit $3`,
    [fleetId, page.after, page.limit + 1],
  );
  return toPage(rows, page.limit, { toItem: toView, cursorOf: (row) => row.planId });
}

/** One rebalance. @throws DomainError REBALANCE_UNKNOWN */
export async function getRebalance(
  sql: SqlSession,
  fleetId: number,
  planId: string,
): Promise<RebalanceView> {
  const rows = await sql.query<RebalanceRow>(`${VIEW} where p.fleet_id = $1 and p.plan_id = $2`, [
    fleetId,
    planId,
  ]);
  if (!rows[0]) {
    throw new DomainError('REBALANCE_UNKNOWN', `no rebalance ${planId} in this fleet`);
  }
  return toView(rows[0]);
}

/** Fewer ended moves than this say nothing of the pace. */
const PACE_MOVES_MIN = 10;

function toView({ counts, runsForMs, ...row }: RebalanceRow): RebalanceView {
  const countOf = (state: MoveState): number => counts?.[state] ?? 0;
  const progress = Object.fromEntries(MOVE_STATES.map((state) => [state, countOf(state)]));
  const ended = countOf('done') + countOf('aborted');
  const open =
    countOf('planned') + countOf('preparing') + countOf('stopping') + countOf('starting');
  const hasPace = row.state === 'running' && ended >= PACE_MOVES_MIN && runsForMs !== null;
  return {
    ...row,
    progress: progress as Record<MoveState, number>,
    remainingMs: hasPace ? Math.round((runsForMs / ended) * open) : null,
    createdAt: toIso(row.createdAt),
    plannedAt: toIso(row.plannedAt),
    updatedAt: toIso(row.updatedAt),
    finishedAt: toIso(row.finishedAt),
  };
}
