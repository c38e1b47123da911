import { requestResync } from '@weir/database';
import type { Finding } from '@weir/domain';
import type { Repair } from './repair';

/** Has the instance asked, with the answer to its next heartbeat, to compare notes. */
export const requestResyncRepair: Repair = {
  kind: 'request-resync',
  apply: async (findings, { runner, fleet }) => {
    const candidates = findings.flatMap((finding) => {
      const incarnation = incarnationOf(finding);
      const { serverId } = finding;
      return serverId === null || incarnation === undefined ? [] : [{ serverId, incarnation }];
    });
    const asked = new Set(await requestResync(runner, fleet.fleetId, candidates));
    return new Set(findings.filter(({ serverId }) => serverId !== null && asked.has(serverId)));
  },
};

function incarnationOf({ evidence }: Finding): number | undefined {
  const { incarnation } = evidence;
  return typeof incarnation === 'number' ? incarnation : undefined;
}
