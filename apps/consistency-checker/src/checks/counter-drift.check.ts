import type { HoldingCount, InstancePicture } from '@weir/database';
import type { Check, CheckInput } from './check';
import { allListed } from './check';

/**
 * instance_counters differs from the assignments that it counts. Heartbeats are answered and room
 * is granted by these counters, so wrong ones make an instance resync in vain or be over-filled.
 * `changedRevision` of the counters may be newer than that of any assignment still held (the
 * newest one may be gone), but never older, and never ahead of the fleet.
 */
export const counterDriftCheck: Check = {
  kind: 'counter-drift',
  find: ({ picture }: CheckInput) =>
    allListed(
      picture.instances
        .filter((instance) => isDrifted(instance, picture.revision))
        .map(({ serverId, counted, actual }) => ({
          kind: 'counter-drift',
          severity: 'ERROR',
          streamId: null,
          serverId,
          message: `its counters say ${describe(counted)}, its assignments ${describe(actual)}`,
          evidence: { counted, actual, fleetRevision: picture.revision },
          repair: 'recount',
        })),
    ),
};

function isDrifted({ counted, actual }: InstancePicture, fleetRevision: number): boolean {
  return (
    counted.held !== actual.held ||
    counted.run !== actual.run ||
    counted.digest !== actual.digest ||
    counted.changedRevision < actual.changedRevision ||
    counted.changedRevision > fleetRevision
  );
}

function describe({ held, run, changedRevision }: HoldingCount): string {
  return `${held} held, ${run} to run at revision ${changedRevision}`;
}
