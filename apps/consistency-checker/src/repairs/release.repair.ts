import { releaseRetired } from '@weir/database';
import type { Repair } from './repair';

/** Frees what instances that are not there any more still own, so that it is placed elsewhere. */
export const releaseRepair: Repair = {
  kind: 'release',
  apply: async (findings, { runner, fleet }) => {
    const serverIds = findings.flatMap(({ serverId }) => (serverId === null ? [] : [serverId]));
    await releaseRetired(runner, fleet, [...new Set(serverIds)]);
    // Those that it left alone are right: somebody else was faster, and the finding is answered.
    return new Set(findings);
  },
};
