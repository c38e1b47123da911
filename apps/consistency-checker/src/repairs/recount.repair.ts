import { recountInstances } from '@weir/database';
import type { Repair } from './repair';

/** Rewrites the counters of the instances from their assignments, under the fleet's lock. */
export const recountRepair: Repair = {
  kind: 'recount',
  apply: async (findings, { runner, fleet }) => {
    const serverIds = findings.flatMap(({ serverId }) => (serverId === null ? [] : [serverId]));
    await recountInstances(runner, fleet.fleetId, [...new Set(serverIds)]);
    // Those that it left alone are right: somebody else was faster, and the finding is answered.
    return new Set(findings);
  },
};
