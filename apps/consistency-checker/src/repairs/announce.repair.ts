import { recordTransition } from '@weir/database';
import type { Finding } from '@weir/domain';
import type { Repair } from './repair';

/** Events written by one run; the findings are all in its report. */
const EVENTS_MAX = 50;

/**
 * Says in the history what only an operator can end, once per stream, instance and epoch. It
 * changes nothing, so it answers no finding.
 */
export const announceRepair: Repair = {
  kind: 'announce',
  apply: async (findings, { runner, fleet }) => {
    for (const finding of findings.slice(0, EVENTS_MAX)) {
      await recordTransition(runner, fleet.fleetId, {
        event: {
          kind: 'stream.stuck',
          severity: finding.severity,
          streamId: finding.streamId,
          serverId: finding.serverId,
          message: finding.message,
          detail: detailOf(finding),
        },
        after: [],
        detail: detailOf(finding),
      });
    }
    return new Set();
  },
};

function detailOf({ streamId, evidence }: Finding): Readonly<Record<string, unknown>> {
  return { streamId, epoch: evidence['epoch'] };
}
