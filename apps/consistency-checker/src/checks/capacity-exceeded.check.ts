import type { Check } from './check';
import { allListed } from './check';

/**
 * An instance owns more streams than it said it can run; balancer-worker moves the surplus away.
 */
export const capacityExceededCheck: Check = {
  kind: 'capacity-exceeded',
  find: ({ picture }) =>
    allListed(
      picture.instances
        .filter(({ actual, maxStreams }) => actual.held > maxStreams)
        .map(({ serverId, actual, maxStreams, status }) => ({
          kind: 'capacity-exceeded',
          severity: 'WARNING',
          streamId: null,
          serverId,
          message: `it owns ${actual.held} streams and can run ${maxStreams}`,
          evidence: { heldStreams: actual.held, maxStreams, status },
          repair: 'ring-balancer',
        })),
    ),
};
