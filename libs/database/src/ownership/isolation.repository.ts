import { decideIsolation } from '@weir/domain';
import type {
  FleetSettings,
  InstanceLoss,
  IsolationDecision,
  IsolationPicture,
  Suspicion,
} from '@weir/domain';
import type { SqlSession } from '../connection/sql-session';
import type { TransactionRunner } from '../resilience/transaction-runner';
import { abortMovesOfStreams } from './handoff';
import { changeOwnership } from './ownership.transaction';
import type { OwnershipChange } from './ownership.transaction';
import { IS_TROUBLED } from './proven.repository';
import { acquitStreams } from './stream.acquittal';

/** Losses looked at together, the newest ones. */
const LOSSES_MAX = 500;

/**
 * What an isolated stream's row keeps of why. isRecalled: an instance died while it was tried
 * together with another one, so that it is to be tried alone.
 */
export interface IsolationHold {
  readonly because: string;
  readonly losses: Suspicion['losses'];
  readonly expectedInnocents: number;
  readonly isProven: boolean;
  readonly isRecalled: boolean;
}

/**
 * Draws the conclusions from instances that were lost since the last look: streams that they may
 * have died of are held back before they are placed again. One small read while nothing was lost.
 * The caller has the fleet's turn.
 * @returns how many streams are treated otherwise from now on.
 */
export async function judgeLosses(
  runner: TransactionRunner,
  fleetId: number,
  settings: FleetSettings,
): Promise<number> {
  const open = await runner.query<{ lossId: number }>(
    `select loss_id as "lossId" from instance_losses where fleet_id = $1 and not judged
     order by loss_id`,
    [fleetId],
  );
  const newest = open.at(-1)?.lossId;
  if (newest === undefined) return 0;
  const judged = [fleetId, newest];
  const picture = await findPicture(runner, fleetId, settings);
  const decision = picture && decideIsolation(picture, settings);
  const changed = decision ? countChanges(decision) : 0;
  if (!decision || changed === 0) {
    await runner.query(MARK_JUDGED, judged);
    return 0;
  }
  return changeOwnership(runner, fleetId, 'isolate', async (change) => {
    await applyDecision(change, decision);
    await change.sql.query(MARK_JUDGED, judged);
    change.hasWork = true;
    return changed;
  });
}

const MARK_JUDGED = `
update instance_losses set judged = true where fleet_id = $1 and loss_id <= $2 and not judged`;

function countChanges({ isolate, convict, recall, exonerate }: IsolationDecision): number {
  return isolate.length + convict.length + recall.length + exonerate.length;
}

interface LossRow extends Omit<InstanceLoss, 'suspects'> {
  readonly suspects: readonly (readonly [string, number])[];
}

/** Undefined when no stream had a part in enough losses: a mass loss is not to wait for counts. */
async function findPicture(
  sql: SqlSession,
  fleetId: number,
  settings: FleetSettings,
): Promise<IsolationPicture | undefined> {
  const { isolateWindowMs, isolateAfterLosses } = settings;
  const key = [fleetId, isolateWindowMs];
  const losses = await sql.query<LossRow>(LOSSES, [...key, isolateAfterLosses]);
  if (losses.every(({ suspects }) => suspects.length === 0)) return undefined;
  const held = await sql.query<{ streamId: string; heldBack: string; isSuspect: boolean }>(HELD, [
    fleetId,
  ]);
  const counts = await sql.query<{ streams: number; instances: number }>(COUNTS, key);
  const isolated = held.filter(({ heldBack }) => heldBack === 'isolated');
  const onProbation = held.filter(({ heldBack }) => heldBack === 'probation');
  return {
    losses: losses.map((loss) => ({ ...loss, suspects: new Map(loss.suspects) })),
    streams: counts[0]?.streams ?? 0,
    instances: counts[0]?.instances ?? 0,
    isolated: new Map(isolated.map(({ streamId, isSuspect }) => [streamId, { isSuspect }])),
    onProbation: new Set(onProbation.map(({ streamId }) => streamId)),
  };
}

/** Only streams that may matter are read: those in enough losses, and those held back already. */
const LOSSES = `
with recent as (
  select * from instance_losses where fleet_id = $1
    and lost_at > (select weir_now() - $2 * interval '1 millisecond')
  order by loss_id desc limit ${LOSSES_MAX}
), relevant as (
  select id from recent, unnest(suspect_ids) as id group by id having count(*) >= $3
  union select a.stream_id from assignments a
  where a.fleet_id = $1 and ${IS_TROUBLED} and a.held_back in ('isolated', 'probation')
)
select r.loss_id as "lossId", r.server_id as "serverId", r.incarnation, not r.judged as "isNew",
  extract(epoch from r.last_sign_at)::double precision * 1000 as "atMs",
  cardinality(r.suspect_ids) as "suspectCount",
  (select coalesce(json_agg(json_build_array(u.id::text, u.age)), '[]')
    from unnest(r.suspect_ids, r.suspect_ages) as u (id, age)
    where u.id in (select id from relevant)) as suspects
from recent r order by r.loss_id`;

const HELD = `
select a.stream_id::text as "streamId", a.held_back as "heldBack",
  not coalesce((a.hold->>'isProven')::boolean, false) as "isSuspect"
from assignments a
where a.fleet_id = $1 and ${IS_TROUBLED} and a.held_back in ('isolated', 'probation')`;

const COUNTS = `
select
  (select coalesce(sum(c.held_count), 0)::integer from instance_counters c where c.fleet_id = $1)
    + (select count(*)::integer from assignments a
      join streams s on s.fleet_id = a.fleet_id and s.stream_id = a.stream_id
      where a.fleet_id = $1 and a.status = 'unassigned' and s.enabled and s.deleted_at is null)
    as streams,
  (select count(*)::integer from (
    select server_id from instances
    where fleet_id = $1 and status in ('ready', 'cordoned', 'draining')
    union select server_id from instance_losses where fleet_id = $1
      and lost_at > (select weir_now() - $2 * interval '1 millisecond')) known) as instances`;

async function applyDecision(change: OwnershipChange, decision: IsolationDecision): Promise<void> {
  const { isolate, convict, recall, exonerate, spared } = decision;
  const because = 'the losses of instances that spoke against it are explained without it';
  await acquitStreams(change, exonerate, because);
  const suspicions = [...isolate, ...convict];
  await isolateStreams(change, suspicions.map(toHold));
  await recallStreams(change, recall);
  for (const suspicion of suspicions) recordIsolation(change, suspicion, spared);
}

function toHold(suspicion: Suspicion): { readonly streamId: string; readonly hold: IsolationHold } {
  const { streamId, losses, expectedInnocents, isProven } = suspicion;
  const because = describe(suspicion);
  const hold = { because, losses, expectedInnocents, isProven, isRecalled: false };
  return { streamId, hold };
}

/** Streams that run somewhere are to be stopped there; nobody tries them until told otherwise. */
async function isolateStreams(
  change: OwnershipChange,
  holds: readonly { readonly streamId: string; readonly hold: IsolationHold }[],
): Promise<void> {
  if (holds.length === 0) return;
  const streamIds = holds.map(({ streamId }) => streamId);
  const error = 'the stream is isolated: its instances died';
  await abortMovesOfStreams(change, streamIds, { error, keepsStopping: true });
  const rows = await change.sql.query<{ serverId: string | null }>(
    `update assignments a set revision = $2, held_back = 'isolated', held_since = weir_now(),
       rest_until = 'infinity', hold = h.hold, unplaced_reasons = null,
       stopping_since = case when a.status in ('starting', 'running') then weir_now()
         else a.stopping_since end,
       status = case when a.status in ('starting', 'running') then 'stopping' else a.status end
     from unnest($3::bigint[], $4::jsonb[]) as h (stream_id, hold)
     where a.fleet_id = $1 and a.stream_id = h.stream_id
     returning a.server_id as "serverId"`,
    [change.fleetId, change.revision, streamIds, holds.map(({ hold }) => JSON.stringify(hold))],
  );
  for (const { serverId } of rows) if (serverId !== null) change.touch(serverId);
}

async function recallStreams(change: OwnershipChange, streamIds: readonly string[]): Promise<void> {
  if (streamIds.length === 0) return;
  const rows = await change.sql.query<{ streamId: string; hold: IsolationHold }>(
    `select stream_id::text as "streamId", hold from assignments
     where fleet_id = $1 and stream_id = any($2::bigint[]) and held_back = 'probation'
       and hold is not null`,
    [change.fleetId, streamIds],
  );
  const recalled = rows.map(({ streamId, hold }) => ({
    streamId,
    hold: { ...hold, isRecalled: true },
  }));
  await isolateStreams(change, recalled);
  for (const { streamId } of recalled) {
    change.record({
      kind: 'stream.isolated',
      severity: 'WARNING',
      streamId,
      message: 'isolated again: its instance died, and it was not the only suspect there',
      detail: { because: 'recalled' },
    });
  }
}

function recordIsolation(change: OwnershipChange, suspicion: Suspicion, spared: number): void {
  const { streamId, losses, expectedInnocents, isProven } = suspicion;
  change.record({
    kind: 'stream.isolated',
    severity: 'ERROR',
    streamId,
    message: describe(suspicion),
    detail: { losses, expectedInnocents, isProven, spared },
  });
}

function describe({ losses, isProven }: Suspicion): string {
  const all = losses.map(({ serverId, afterMs }) => `${serverId} (after ${afterMs} ms)`);
  const verdict = isProven
    ? 'isolated until an operator says otherwise'
    : 'isolated until probation shows whether it is to blame';
  return `${losses.length} instances died soon after they got it: ${all.join(', ')}; ${verdict}`;
}
