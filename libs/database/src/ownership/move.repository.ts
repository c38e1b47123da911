import type { TransactionRunner } from '../resilience/transaction-runner';
import { abortMoves } from './handoff';
import { changeOwnership } from './ownership.transaction';
import type { OwnershipChange } from './ownership.transaction';
import { changeByPlan } from './plan.basis';
import type { PlanBasis } from './plan.basis';

/** A move to begin, if the stream is still owned as the plan thought. */
export interface MoveWrite {
  readonly streamId: string;
  readonly fromServerId: string;
  readonly toServerId: string;
  readonly expectedEpoch: number;
  /** Of the target, whose capacity and labels the decision was based on; undefined: any. */
  readonly expectedIncarnation?: number;
  readonly reason: string;
  readonly gain: number;
  readonly cost: number;
}

export interface StartedMove {
  readonly moveId: number;
  readonly streamId: string;
  readonly fromServerId: string;
  readonly toServerId: string;
}

/** How moves are begun. */
export interface MoveRules {
  /** How long the source may take to stop before the move is aborted. */
  readonly stepTimeoutMs: number;
  /** What the plan was made from: when another plan was written since, no move begins. */
  readonly basis?: PlanBasis;
}

/**
 * Begins moves: their owners are told to stop, and room on the targets is held. The rest follows
 * when the owner confirms (handoff.ts). A move whose stream changed, or whose target has no room,
 * has no lease or registered anew, is dropped.
 */
export function startMoves(
  runner: TransactionRunner,
  fleetId: number,
  moves: readonly MoveWrite[],
  { stepTimeoutMs, basis }: MoveRules,
): Promise<StartedMove[]> {
  if (moves.length === 0) return Promise.resolve([]);
  return changeByPlan(runner, fleetId, { operation: 'move', basis }, async (change) => {
    const started = await change.sql.query<StartedMove>(START, [
      fleetId,
      change.revision,
      moves.map((move) => move.streamId),
      moves.map((move) => move.fromServerId),
      moves.map((move) => move.toServerId),
      moves.map((move) => move.expectedEpoch),
      moves.map((move) => move.reason),
      moves.map((move) => move.gain),
      moves.map((move) => move.cost),
      stepTimeoutMs,
      moves.map((move) => move.expectedIncarnation ?? null),
    ]);
    recordStarts(change, moves, started);
    return started;
  });
}

const START = `
with wanted as (
  select * from unnest($3::bigint[], $4::text[], $5::text[], $6::bigint[], $7::text[],
    $8::double precision[], $9::double precision[], $11::bigint[])
    with ordinality as w (stream_id, from_id, to_id, epoch, reason, gain, cost, incarnation,
      position)
), target as (
  select i.server_id, i.incarnation, i.max_streams - c.held_count - (
    select count(*) from moves m where m.fleet_id = $1 and m.to_server_id = i.server_id
      and m.state = 'stopping') as free
  from instances i
  join instance_leases l on l.fleet_id = i.fleet_id and l.server_id = i.server_id
    and l.incarnation = i.incarnation and not l.fenced and l.lease_expires_at > weir_now()
  join instance_counters c on c.fleet_id = i.fleet_id and c.server_id = i.server_id
  where i.fleet_id = $1 and i.status = 'ready' and i.server_id in (select to_id from wanted)
), candidate as (
  select w.*, row_number() over (partition by w.to_id order by w.position) as rank
  from wanted w
  join assignments a on a.fleet_id = $1 and a.stream_id = w.stream_id and a.server_id = w.from_id
    and a.epoch = w.epoch and a.status in ('starting', 'running')
  where w.from_id <> w.to_id and not exists (select 1 from moves m where m.fleet_id = $1
    and m.stream_id = w.stream_id and m.state in ('stopping', 'starting'))
), stopped as (
  update assignments a set status = 'stopping', revision = $2
  from candidate w join target t on t.server_id = w.to_id
    and t.incarnation = coalesce(w.incarnation, t.incarnation)
  where a.fleet_id = $1 and a.stream_id = w.stream_id and a.server_id = w.from_id
    and a.epoch = w.epoch and a.status in ('starting', 'running') and w.rank <= t.free
  returning a.stream_id, w.from_id, w.to_id, w.epoch, w.reason, w.gain, w.cost
)
insert into moves (fleet_id, stream_id, from_server_id, to_server_id, state, reason, gain, cost,
  epoch, deadline)
select $1, stream_id, from_id, to_id, 'stopping', reason, gain, cost, epoch,
  weir_now() + $10 * interval '1 millisecond'
from stopped
returning move_id as "moveId", stream_id::text as "streamId",
  from_server_id as "fromServerId", to_server_id as "toServerId"`;

function recordStarts(
  change: OwnershipChange,
  moves: readonly MoveWrite[],
  started: readonly StartedMove[],
): void {
  const byId = new Map(moves.map((move) => [move.streamId, move]));
  for (const { streamId, fromServerId, toServerId } of started) {
    change.touch(fromServerId);
    const move = byId.get(streamId);
    change.record({
      kind: 'move.started',
      streamId,
      serverId: toServerId,
      message: `moving from ${fromServerId} to ${toServerId} (${move?.reason ?? 'unknown'})`,
      detail: {
        fromServerId,
        toServerId,
        reason: move?.reason,
        gain: move?.gain,
        cost: move?.cost,
      },
    });
  }
}

/** Aborts moves whose source did not confirm in time. @returns how many. */
export function abortOverdueMoves(runner: TransactionRunner, fleetId: number): Promise<number> {
  return changeOwnership(runner, fleetId, 'abort-moves', async (change) => {
    const overdue = await change.sql.query<{ moveId: number }>(
      `select move_id as "moveId" from moves
       where fleet_id = $1 and state in ('stopping', 'starting') and deadline <= weir_now()`,
      [fleetId],
    );
    await abortMoves(change, {
      moveIds: overdue.map(({ moveId }) => moveId),
      error: 'not finished within moveStepTimeoutMs',
    });
    return overdue.length;
  });
}

/** Live moves that are past their deadline. */
export async function countOverdueMoves(
  runner: TransactionRunner,
  fleetId: number,
): Promise<number> {
  const rows = await runner.query<{ count: number }>(
    `select count(*) as count from moves
     where fleet_id = $1 and state in ('stopping', 'starting') and deadline <= weir_now()`,
    [fleetId],
  );
  return rows[0]?.count ?? 0;
}
