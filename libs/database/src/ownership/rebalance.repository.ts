import { DomainError } from '@weir/domain';
import type { RebalanceState } from '@weir/domain';
import type { SqlSession } from '../connection/sql-session';
import type { TransactionRunner } from '../resilience/transaction-runner';
import { abortMoves } from './move.abort';
import { changeOwnership } from './ownership.transaction';
import type { OwnershipChange } from './ownership.transaction';

/** What an operator asks for. */
export interface RebalanceRequest {
  /** Most moves of it. */
  readonly maxMoves: number;
  readonly reason: string | null;
  /** Streams that moved a moment ago may move again. */
  readonly ignoresCooldown: boolean;
  readonly requestedBy: string;
}

/** The rebalance of a fleet that is not over, as the control loop needs it. */
export interface LiveRebalance {
  readonly planId: number;
  readonly state: RebalanceState;
  readonly maxMoves: number;
  readonly ignoresCooldown: boolean;
  /** Its moves that have not begun, and those under way. */
  readonly planned: number;
  readonly live: number;
}

/**
 * Asks for a rebalance; the control loop plans it and carries it out. At most one of a fleet is not
 * over. @returns its id.
 * @throws DomainError REBALANCE_UNDER_WAY, naming the other one.
 */
export function requestRebalance(
  runner: TransactionRunner,
  fleetId: number,
  request: RebalanceRequest,
): Promise<string> {
  const { maxMoves, reason, ignoresCooldown, requestedBy } = request;
  return changeOwnership(runner, fleetId, 'request-rebalance', async (change) => {
    const live = await change.sql.query<{ planId: string; state: string }>(
      `select plan_id::text as "planId", state from plans
       where fleet_id = $1 and state in ('planning', 'running', 'paused')`,
      [fleetId],
    );
    if (live[0]) {
      throw new DomainError(
        'REBALANCE_UNDER_WAY',
        `rebalance ${live[0].planId} is ${live[0].state}: wait for its end, or cancel it`,
      );
    }
    const rows = await change.sql.query<{ planId: string }>(
      `insert into plans (fleet_id, state, reason, requested_by, max_moves, ignores_cooldown)
       values ($1, 'planning', $2, $3, $4, $5) returning plan_id::text as "planId"`,
      [fleetId, reason, requestedBy, maxMoves, ignoresCooldown],
    );
    const planId = rows[0]?.planId ?? '';
    change.hasWork = true;
    change.record({
      kind: 'plan.requested',
      message: `rebalance ${planId} requested by ${requestedBy}${reason ? `: ${reason}` : ''}`,
      detail: { planId, maxMoves, ignoresCooldown, reason, requestedBy },
    });
    return planId;
  });
}

const LIVE = `
select p.plan_id as "planId", p.state, p.max_moves as "maxMoves",
  p.ignores_cooldown as "ignoresCooldown",
  (select count(*) from moves m where m.fleet_id = p.fleet_id and m.plan_id = p.plan_id
    and m.state = 'planned')::integer as planned,
  (select count(*) from moves m where m.fleet_id = p.fleet_id and m.plan_id = p.plan_id
    and m.state in ('preparing', 'stopping', 'starting'))::integer as live
from plans p where p.fleet_id = $1 and p.state in ('planning', 'running', 'paused')`;

/** The rebalance that is not over, if there is one. */
export async function findLiveRebalance(
  sql: SqlSession,
  fleetId: number,
): Promise<LiveRebalance | undefined> {
  const rows = await sql.query<LiveRebalance>(LIVE, [fleetId]);
  return rows[0];
}

export type RebalanceAction = 'pause' | 'resume' | 'cancel';

interface LockedPlan {
  readonly planId: number;
  readonly state: RebalanceState;
  readonly isPlanned: boolean;
}

/**
 * Pauses (nothing of it begins), resumes, or cancels a rebalance. Repeating what holds already
 * changes nothing.
 * @throws DomainError REBALANCE_UNKNOWN; REBALANCE_STATE_CONFLICT when it is over.
 */
export function changeRebalance(
  runner: TransactionRunner,
  fleetId: number,
  planId: string,
  order: { readonly action: RebalanceAction; readonly requestedBy: string },
): Promise<void> {
  return changeOwnership(runner, fleetId, 'change-rebalance', async (change) => {
    const plan = await lockPlan(change, planId);
    const { action, requestedBy } = order;
    if (action === 'cancel') return cancel(change, plan, requestedBy);
    assertNotOver(plan, action);
    const isPaused = plan.state === 'paused';
    if (isPaused === (action === 'pause')) return;
    const state = action === 'pause' ? 'paused' : plan.isPlanned ? 'running' : 'planning';
    await setPlanState(change, plan.planId, state, null);
    change.hasWork = true;
    change.record({
      kind: action === 'pause' ? 'plan.paused' : 'plan.resumed',
      message: `rebalance ${planId} ${state === 'paused' ? 'paused' : 'resumed'} by ${requestedBy}`,
      detail: { planId, requestedBy },
    });
  });
}

async function lockPlan(change: OwnershipChange, planId: string): Promise<LockedPlan> {
  const rows = await change.sql.query<LockedPlan>(
    `select plan_id as "planId", state, planned_at is not null as "isPlanned" from plans
     where fleet_id = $1 and plan_id = $2 for update`,
    [change.fleetId, planId],
  );
  if (!rows[0]) {
    throw new DomainError('REBALANCE_UNKNOWN', `no rebalance ${planId} in this fleet`);
  }
  return rows[0];
}

function assertNotOver({ planId, state }: LockedPlan, action: RebalanceAction): void {
  if (state === 'planning' || state === 'running' || state === 'paused') return;
  throw new DomainError(
    'REBALANCE_STATE_CONFLICT',
    `rebalance ${planId} is ${state}: there is nothing to ${action}`,
  );
}

async function setPlanState(
  change: OwnershipChange,
  planId: number,
  state: RebalanceState,
  outcome: string | null,
): Promise<void> {
  await change.sql.query(
    `update plans set state = $3, outcome = coalesce($4, outcome), updated_at = weir_now(),
       finished_at = case when $3 in ('cancelled', 'done', 'failed') then weir_now() end
     where fleet_id = $1 and plan_id = $2`,
    [change.fleetId, planId, state, outcome],
  );
}

/**
 * Really stops: what has not begun never does, what is under way is taken back, unless the target
 * owns the stream already: that ends by itself.
 */
async function cancel(
  change: OwnershipChange,
  plan: LockedPlan,
  requestedBy: string,
): Promise<void> {
  if (plan.state === 'cancelled') return;
  assertNotOver(plan, 'cancel');
  const dropped = await change.sql.query(
    `update moves set state = 'cancelled', error = $3, updated_at = weir_now()
     where fleet_id = $1 and plan_id = $2 and state = 'planned' returning 1`,
    [change.fleetId, plan.planId, `rebalance ${plan.planId} was cancelled`],
  );
  const live = await change.sql.query<{ moveId: number; isAtTarget: boolean }>(
    `select m.move_id as "moveId",
       a.server_id is not distinct from m.to_server_id as "isAtTarget"
     from moves m join assignments a using (fleet_id, stream_id)
     where m.fleet_id = $1 and m.plan_id = $2
       and m.state in ('preparing', 'stopping', 'starting')`,
    [change.fleetId, plan.planId],
  );
  const takenBack = await abortMoves(change, {
    moveIds: live.filter(({ isAtTarget }) => !isAtTarget).map(({ moveId }) => moveId),
    error: `rebalance ${plan.planId} was cancelled`,
    isCancelled: true,
  });
  const outcome =
    `cancelled by ${requestedBy}: ${dropped.length} moves never began, ${takenBack} under way ` +
    `were taken back, ${live.length - takenBack} end at their targets`;
  await setPlanState(change, plan.planId, 'cancelled', outcome);
  change.hasWork = true;
  change.record({
    kind: 'plan.cancelled',
    message: `rebalance ${plan.planId} ${outcome}`,
    detail: { planId: String(plan.planId), requestedBy, dropped: dropped.length, takenBack },
  });
}

/** A move that the planner chose for a rebalance. */
export interface PlannedMoveWrite {
  readonly streamId: string;
  readonly fromServerId: string;
  readonly toServerId: string;
  /** Of the stream when it was planned: another one, and the move does not fit any more. */
  readonly epoch: number;
  readonly reason: string;
  readonly gain: number;
  readonly cost: number;
}

/** What the planner made of a rebalance. */
export interface PlannedRebalance {
  readonly planId: number;
  /** In the order in which they begin. */
  readonly moves: readonly PlannedMoveWrite[];
  /** How good the assignment was and is to be; stored as it is. */
  readonly scores: Readonly<Record<string, unknown>>;
  /** Said when there is nothing to do. */
  readonly whyNone: string;
}

/**
 * Stores what a rebalance is to do, if it still waits for that. None: it is done.
 * @returns false when it was paused, cancelled or planned meanwhile.
 */
export function storePlannedMoves(
  runner: TransactionRunner,
  fleetId: number,
  { planId, moves, scores, whyNone }: PlannedRebalance,
): Promise<boolean> {
  return changeOwnership(runner, fleetId, 'plan-rebalance', async (change) => {
    const plan = await lockPlan(change, String(planId));
    if (plan.state !== 'planning' || plan.isPlanned) return false;
    await change.sql.query(INSERT_PLANNED, [
      fleetId,
      planId,
      moves.map(({ streamId }) => streamId),
      moves.map(({ fromServerId }) => fromServerId),
      moves.map(({ toServerId }) => toServerId),
      moves.map(({ epoch }) => epoch),
      moves.map(({ reason }) => reason),
      moves.map(({ gain }) => gain),
      moves.map(({ cost }) => cost),
    ]);
    await change.sql.query(
      `update plans set planned_at = weir_now(), scores = $3 where fleet_id = $1 and plan_id = $2`,
      [fleetId, planId, JSON.stringify(scores)],
    );
    const isDone = moves.length === 0;
    await setPlanState(change, planId, isDone ? 'done' : 'running', isDone ? whyNone : null);
    change.hasWork = true;
    change.record({
      kind: isDone ? 'plan.done' : 'plan.planned',
      message: isDone
        ? `rebalance ${planId} is done: ${whyNone}`
        : `rebalance ${planId} planned: ${moves.length} moves`,
      detail: { planId: String(planId), moves: moves.length, scores },
    });
    return true;
  });
}

const INSERT_PLANNED = `
insert into moves (fleet_id, plan_id, position, stream_id, from_server_id, to_server_id, state,
  reason, gain, cost, epoch, deadline)
select $1, $2, position, stream_id, from_id, to_id, 'planned', reason, gain, cost, epoch,
  'infinity'
from unnest($3::bigint[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::double precision[],
  $9::double precision[]) with ordinality
  as m (stream_id, from_id, to_id, epoch, reason, gain, cost, position)`;

/** A planned move whose turn it may be. */
export interface PlannedMove extends PlannedMoveWrite {
  readonly moveId: number;
}

/** The next moves of a rebalance that have not begun, in its order. */
export function listPlannedMoves(
  sql: SqlSession,
  fleetId: number,
  planId: number,
  limit: number,
): Promise<PlannedMove[]> {
  return sql.query<PlannedMove>(
    `select move_id as "moveId", stream_id::text as "streamId", from_server_id as "fromServerId",
       to_server_id as "toServerId", epoch, reason, gain, cost
     from moves where fleet_id = $1 and plan_id = $2 and state = 'planned'
     order by position limit $3`,
    [fleetId, planId, limit],
  );
}

/** A planned move that will not begin, and why. */
export interface DroppedMove {
  readonly moveId: number;
  readonly error: string;
}

/**
 * Drops moves that no longer fit, and ends the rebalance when nothing of it is left.
 * @returns true when it is over.
 */
export function settleRebalance(
  runner: TransactionRunner,
  fleetId: number,
  planId: number,
  dropped: readonly DroppedMove[],
): Promise<boolean> {
  return changeOwnership(runner, fleetId, 'settle-rebalance', async (change) => {
    const plan = await lockPlan(change, String(planId));
    await change.sql.query(
      `update moves m set state = 'aborted', error = d.error, updated_at = weir_now()
       from unnest($3::bigint[], $4::text[]) as d (move_id, error)
       where m.fleet_id = $1 and m.plan_id = $2 and m.move_id = d.move_id and m.state = 'planned'`,
      [fleetId, planId, dropped.map(({ moveId }) => moveId), dropped.map(({ error }) => error)],
    );
    if (plan.state !== 'running') return false;
    const [counts] = await change.sql.query<PlanCounts>(COUNTS, [fleetId, planId]);
    if (!counts || counts.open > 0) return false;
    const { done, aborted, never } = counts;
    const outcome = `${done} moves done, ${aborted} aborted, ${never} dropped or cancelled`;
    await setPlanState(change, planId, 'done', outcome);
    change.hasWork = true;
    change.record({
      kind: 'plan.done',
      message: `rebalance ${planId} is done: ${outcome}`,
      detail: { planId: String(planId), done, aborted, dropped: never },
    });
    return true;
  });
}

interface PlanCounts {
  readonly open: number;
  readonly done: number;
  readonly aborted: number;
  readonly never: number;
}

const COUNTS = `
select
  count(*) filter (where state in ('planned', 'preparing', 'stopping', 'starting'))::integer as open,
  count(*) filter (where state = 'done')::integer as done,
  count(*) filter (where state = 'aborted' and started_at is not null)::integer as aborted,
  count(*) filter (where state = 'cancelled'
    or (state = 'aborted' and started_at is null))::integer as never
from moves where fleet_id = $1 and plan_id = $2`;
