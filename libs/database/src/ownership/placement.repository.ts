import type { TransactionRunner } from '../resilience/transaction-runner';
import { grantStreams } from './grant';
import type { Grant, Granted } from './grant';
import { changeOwnership } from './ownership.transaction';
import type { OwnershipChange } from './ownership.transaction';
import { changeByPlan } from './plan.basis';
import type { PlanBasis } from './plan.basis';

/** A grant with the planner's reason, gain and cost, for the event. */
export interface PlacementWrite extends Grant {
  readonly reason: string;
  readonly gain: number;
  readonly cost: number;
}

/**
 * Writes placements in one guarded transaction. Those that no longer fit the truth are dropped; the
 * next round sees it.
 * @param placements a bounded batch; some thousands at a time.
 * @param basis what the plan was made from: when another plan was written since, nothing is.
 */
export function applyPlacements(
  runner: TransactionRunner,
  fleetId: number,
  placements: readonly PlacementWrite[],
  basis?: PlanBasis,
): Promise<Granted[]> {
  if (placements.length === 0) return Promise.resolve([]);
  return changeByPlan(runner, fleetId, { operation: 'place', basis }, async (change) => {
    const granted = await grantStreams(change, placements);
    const byId = new Map(placements.map((placement) => [placement.streamId, placement]));
    for (const grant of granted) recordPlacement(change, grant, byId.get(grant.streamId));
    return granted;
  });
}

/**
 * The planner is shown a stream that was taken from a lost instance as one without an owner. What
 * operators are told is the failover that it is, and from whom.
 */
function recordPlacement(
  change: OwnershipChange,
  { streamId, serverId, epoch, lostOwner }: Granted,
  planned: PlacementWrite | undefined,
): void {
  const { gain = 0, cost = 0 } = planned ?? {};
  const isFailover = lostOwner !== null;
  const reason = isFailover ? 'failover' : (planned?.reason ?? 'placed');
  change.record({
    kind: 'stream.placed',
    streamId,
    serverId,
    message: `placed on ${serverId} (${reason})`,
    detail: { epoch, reason, gain, cost, ...(isFailover && { fromServerId: lostOwner }) },
  });
}

/** A stream that no instance can take now: reason -> instances it rules out. */
export interface Unplaced {
  readonly streamId: string;
  readonly reasons: Readonly<Record<string, number>>;
}

/**
 * Stores why streams stay unplaced, where that changed; the first time makes an event.
 * @returns how many changed.
 */
export async function writeUnplaced(
  runner: TransactionRunner,
  fleetId: number,
  unplaced: readonly Unplaced[],
): Promise<number> {
  if (unplaced.length === 0) return 0;
  return changeOwnership(runner, fleetId, 'unplaced', async (change) => {
    const changed = await change.sql.query<{ streamId: string; isNew: boolean }>(
      `with why as (
         select u.stream_id, u.reasons, a.unplaced_reasons is null as is_new
         from unnest($2::bigint[], $3::jsonb[]) as u (stream_id, reasons)
         join assignments a on a.fleet_id = $1 and a.stream_id = u.stream_id
         where a.server_id is null and a.unplaced_reasons is distinct from u.reasons
       )
       update assignments a set unplaced_reasons = w.reasons from why w
       where a.fleet_id = $1 and a.stream_id = w.stream_id and a.server_id is null
       returning a.stream_id::text as "streamId", w.is_new as "isNew"`,
      [
        fleetId,
        unplaced.map(({ streamId }) => streamId),
        unplaced.map(({ reasons }) => JSON.stringify(reasons)),
      ],
    );
    const byId = new Map(unplaced.map((entry) => [entry.streamId, entry]));
    for (const { streamId, isNew } of changed) {
      if (!isNew) continue;
      const reasons = byId.get(streamId)?.reasons ?? {};
      change.record({
        kind: 'stream.unplaced',
        severity: 'WARNING',
        streamId,
        message: `no instance can take it: ${describeReasons(reasons)}`,
        detail: { reasons },
      });
    }
    return changed.length;
  });
}

function describeReasons(reasons: Readonly<Record<string, number>>): string {
  const parts = Object.entries(reasons).map(([reason, count]) => `${reason} (${count})`);
  return parts.length > 0 ? parts.join(', ') : 'there is no instance';
}
