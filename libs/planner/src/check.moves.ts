import type { PlannerSettings } from './boundary/planner.settings';
import type { FleetSnapshot } from './boundary/snapshot.view';
import { readColumns } from './columns/fleet.columns';
import { listForbidding } from './placement.rules';
import { PlanRun } from './state/plan.run';

/** A move that was planned earlier. */
export interface WantedMove {
  readonly streamId: string;
  readonly to: string;
}

/**
 * Whether moves that were planned from an earlier snapshot may still begin, in their order: each
 * that may counts, at both ends, for those after it. Pure.
 * @returns for each what forbids it now, in the words of an explanation (`moving` and `disabled`
 * with them); empty: it may begin.
 * @throws RangeError when the snapshot has an id twice.
 */
export function checkMoves(
  snapshot: FleetSnapshot,
  settings: PlannerSettings,
  wanted: readonly WantedMove[],
): string[][] {
  const run = new PlanRun(readColumns(snapshot, 0), settings, Number.POSITIVE_INFINITY);
  const { instances, streams } = run.columns;
  const streamOf = new Map(streams.views.map(({ streamId }, index) => [streamId, index]));
  const instanceOf = new Map(instances.serverIds.map((serverId, index) => [serverId, index]));
  return wanted.map(({ streamId, to }) => {
    const stream = streamOf.get(streamId);
    const instance = instanceOf.get(to);
    if (stream === undefined) return ['unknown stream'];
    if (instance === undefined) return ['unknown instance'];
    if (streams.moves.has(stream)) return ['moving'];
    if (!run.isPlannable(stream)) return ['disabled'];
    const forbiddenBy = listForbidding(run, stream, instance);
    if (forbiddenBy.length === 0) run.setHome(stream, instance);
    return forbiddenBy;
  });
}
