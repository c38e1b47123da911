import type { StreamRow } from '@weir/database';
import type { StreamView } from '@weir/planner';

/** The planner divides by weights; a stream that measures as idle still needs a place. */
export const WEIGHT_MIN = 1e-6;

/**
 * A stream as the planner sees it: the load that was measured counts instead of the weight that was
 * declared; resources are as declared.
 * @param load measured, in the unit of the weight; undefined when it was never reported.
 */
export function toStreamView(row: StreamRow, load: number | undefined): StreamView {
  return {
    streamId: row.streamId,
    load: { ...row.resources, weight: Math.max(WEIGHT_MIN, load ?? row.weight) },
    priority: row.priority,
    exclusive: row.exclusive,
    enabled: true,
    moveCost: row.moveCost,
    ...(row.serverId !== null && { owner: row.serverId }),
    ...(row.assignedAtMs !== null && { assignedAt: row.assignedAtMs }),
    ...(row.lastMovedAtMs !== null && { lastMovedAt: row.lastMovedAtMs }),
    ...(hasKeys(row.requires) && { requires: row.requires }),
    ...(hasKeys(row.avoid) && { avoid: row.avoid }),
    ...(row.spreadGroup !== null && { spreadGroup: row.spreadGroup }),
    ...(row.failedOn.length > 0 && { failedOn: [...row.failedOn] }),
  };
}

function hasKeys(labels: Readonly<Record<string, string>>): boolean {
  for (const _key in labels) return true;
  return false;
}
