import type { StuckStop } from '@weir/database';
import type { FleetSettings } from '@weir/domain';
import type { Check } from './check';
import { allListed } from './check';

/** What an instance may take beyond a step of a move before it counts as stuck. In ms. */
const GRACE_MS = 5_000;

/** From when on a stop that is not confirmed is a finding. In ms. */
export function stuckAfterMs({ moveStepTimeoutMs }: FleetSettings): number {
  return moveStepTimeoutMs + GRACE_MS;
}

/**
 * An instance was told to stop a stream (it was disabled, drained, moved, or did not start) and
 * renews its lease, but never says that it stopped. Nobody can take the stream away from it while
 * its lease holds: an operator may fence it. Said once per stream and epoch in the history.
 */
export const stuckStopCheck: Check = {
  kind: 'stuck-stop',
  find: ({ picture }) =>
    allListed(
      picture.stuckStops.map((stuck) => ({
        kind: 'stuck-stop',
        severity: stuck.isOwner ? 'ERROR' : 'WARNING',
        streamId: stuck.streamId,
        serverId: stuck.serverId,
        message: describe(stuck),
        evidence: {
          epoch: stuck.epoch,
          incarnation: stuck.incarnation,
          stoppingMs: Math.round(stuck.stoppingMs),
          isOwner: stuck.isOwner,
        },
        repair: 'announce',
      })),
    ),
};

function describe({ serverId, stoppingMs, isOwner }: StuckStop): string {
  const told = `${serverId} was told to stop it ${Math.round(stoppingMs / 1_000)} s ago`;
  const means = isOwner
    ? 'it runs nowhere else until then, or until an operator fences the instance'
    : 'it takes room there';
  return `${told}, renews its lease and has not confirmed: ${means}`;
}
