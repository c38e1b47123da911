import { findDoubleRuns } from '@weir/testing';
import type { RunInterval } from '@weir/testing';
import { firstOf } from './violation';
import type { Violation } from './violation';

/** I1: no two processes may act on one exclusive stream at the same time. */
export function checkAuthority(authority: readonly RunInterval[]): Violation[] {
  return firstOf(
    findDoubleRuns(authority).map(({ streamId, first, second, overlapMs }) => ({
      invariant: 'I1',
      what:
        `stream ${streamId}: ${first.serverId} (epoch ${first.epoch}) and ${second.serverId} ` +
        `(epoch ${second.epoch}) could both act for ${overlapMs.toFixed(3)} ms`,
    })),
  );
}
