import type { DoubleRun } from '@weir/testing';
import type { Claim } from './bench.result';

/** As many are told in full. */
const SHOWN = 3;

/** The promise of Weir, with what broke it when something did. */
export function neverTwice(title: string, doubleRuns: readonly DoubleRun[]): Claim {
  const shown = doubleRuns
    .slice(0, SHOWN)
    .map(
      ({ streamId, first, second, overlapMs }) =>
        `; stream ${streamId} on ${first.serverId} under epoch ${first.epoch} for ` +
        `${overlapMs.toFixed(1)} ms after ${second.serverId} began under ${second.epoch}`,
    );
  return {
    text: `${title}: no exclusive stream ran twice (${doubleRuns.length} times${shown.join('')})`,
    holds: doubleRuns.length === 0,
    isAim: false,
  };
}
