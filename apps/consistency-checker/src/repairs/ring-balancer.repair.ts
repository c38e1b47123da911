import { notifyFleet } from '@weir/database';
import type { Repair } from './repair';

/**
 * Makes balancer-worker look at the fleet now, by both doorbells. It changes nothing by itself and
 * leaves no event of its own: what the balancer then does is in the history.
 */
export const ringBalancerRepair: Repair = {
  kind: 'ring-balancer',
  apply: async (findings, { runner, fleet, ringBalance }) => {
    await notifyFleet(runner, { fleetId: fleet.fleetId, work: true });
    await ringBalance(fleet.name);
    return new Set(findings);
  },
};
