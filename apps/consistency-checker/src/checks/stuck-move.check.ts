import type { Check } from './check';
import { allListed } from './check';

/** A move under way is past the deadline of its step, and no balancer-worker has ended it. */
export const stuckMoveCheck: Check = {
  kind: 'stuck-move',
  find: ({ picture, fleet }) =>
    allListed(
      picture.stuckMoves.map(
        ({ moveId, streamId, fromServerId, toServerId, state, overdueMs }) => ({
          kind: 'stuck-move',
          severity: fleet.settings.frozen ? 'INFO' : 'ERROR',
          streamId,
          serverId: toServerId,
          message:
            `move ${moveId} from ${fromServerId} is ${state} and ${Math.round(overdueMs / 1_000)} s ` +
            `past its deadline${fleet.settings.frozen ? ': the fleet is frozen' : ''}`,
          evidence: { moveId, fromServerId, toServerId, state, overdueMs: Math.round(overdueMs) },
          repair: fleet.settings.frozen ? 'none' : 'ring-balancer',
        }),
      ),
    ),
};

/** How long after its deadline a move counts as stuck: two rounds at their slowest cadence. */
export function moveStuckAfterMs({ reconcileIntervalMs }: { reconcileIntervalMs: number }): number {
  return 5_000 + 2 * reconcileIntervalMs;
}
