import { decideProbation } from '@weir/domain';
import type { FleetSettings, IsolatedSuspect, ProbationerState } from '@weir/domain';
import type { SqlSession } from '../connection/sql-session';
import type { TransactionRunner } from '../resilience/transaction-runner';
import type { IsolationHold } from './isolation.repository';
import { changeOwnership } from './ownership.transaction';
import type { OwnershipChange } from './ownership.transaction';
import { IS_TROUBLED, PROVEN_MS } from './proven.repository';
import { acquitStreams } from './stream.acquittal';

/** A stream on probation that found no place within this time keeps nobody waiting. In ms. */
const PATIENCE_MS = 60_000;

interface HeldRow {
  readonly streamId: string;
  readonly heldBack: 'isolated' | 'probation';
  readonly hold: IsolationHold | null;
  readonly provenMs: number | null;
  readonly isPlaced: boolean;
  readonly heldMs: number;
  readonly instances: number;
}

/**
 * Tries isolated streams again, and releases those whose instances live (decideProbation). One
 * small read while none is isolated. The caller has the fleet's turn.
 * @returns how many streams are treated otherwise from now on.
 */
export async function advanceProbation(
  runner: TransactionRunner,
  fleetId: number,
  settings: FleetSettings,
): Promise<number> {
  const before = decide(await readHeld(runner, fleetId), settings);
  if (before.release.length + before.start.length === 0) return 0;
  return changeOwnership(runner, fleetId, 'probation', async (change) => {
    const { release, start } = decide(await readHeld(change.sql, fleetId), settings);
    await acquitStreams(change, release, 'its instance lived');
    await startProbation(change, start);
    return release.length + start.length;
  });
}

function readHeld(sql: SqlSession, fleetId: number): Promise<HeldRow[]> {
  return sql.query<HeldRow>(
    `select a.stream_id::text as "streamId", a.held_back as "heldBack", a.hold,
       case when a.status = 'running' then ${PROVEN_MS} end as "provenMs",
       a.server_id is not null as "isPlaced",
       extract(epoch from weir_now() - a.held_since)::double precision * 1000 as "heldMs",
       (select count(*)::integer from instances i where i.fleet_id = $1
         and i.status in ('ready', 'cordoned', 'draining')) as instances
     from assignments a
     left join instance_leases l on l.fleet_id = a.fleet_id and l.server_id = a.server_id
     where a.fleet_id = $1 and ${IS_TROUBLED} and a.held_back in ('isolated', 'probation')
     order by a.stream_id`,
    [fleetId],
  );
}

function decide(rows: readonly HeldRow[], settings: FleetSettings) {
  const suspects = rows.flatMap(({ streamId, heldBack, hold, isPlaced }): IsolatedSuspect[] => {
    if (heldBack !== 'isolated' || isPlaced || !hold || hold.isProven) return [];
    return [{ streamId, losses: hold.losses.length, isRecalled: hold.isRecalled }];
  });
  const onProbation = rows.flatMap((row): ProbationerState[] => {
    const isWaiting = !row.isPlaced && row.heldMs > PATIENCE_MS;
    if (row.heldBack !== 'probation' || isWaiting) return [];
    const { streamId, hold, provenMs } = row;
    return [
      {
        streamId,
        isRecalled: hold?.isRecalled ?? false,
        provenMs: Math.max(0, provenMs ?? 0),
        worstAfterMs: Math.max(0, ...(hold?.losses ?? []).map(({ afterMs }) => afterMs)),
      },
    ];
  });
  const instances = rows[0]?.instances ?? 0;
  return decideProbation({ suspects, onProbation, instances }, settings);
}

async function startProbation(
  change: OwnershipChange,
  streamIds: readonly string[],
): Promise<void> {
  if (streamIds.length === 0) return;
  await change.sql.query(
    `update assignments set revision = $2, held_back = 'probation', held_since = weir_now(),
       rest_until = null, unassigned_since = weir_now()
     where fleet_id = $1 and stream_id = any($3::bigint[]) and held_back = 'isolated'
       and server_id is null`,
    [change.fleetId, change.revision, streamIds],
  );
  for (const streamId of streamIds) {
    change.record({
      kind: 'stream.probation-started',
      streamId,
      message: 'tried again, to see whether its instance lives',
    });
  }
  change.hasWork = true;
}
