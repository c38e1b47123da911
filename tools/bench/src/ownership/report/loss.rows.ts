import type { DoubleRun } from '@weir/testing';
import type { FollowedLoss } from '../fleet/loss.recorder';
import type { Failover, FailoverStages } from '../measure/failover.stages';
import type { Claim, MeasuredRow } from './bench.result';
import { neverTwice } from './double-run.claim';

/** Stages that all streams of one loss have in common. */
const OF_THE_LOSS: readonly (readonly [keyof FailoverStages, string])[] = [
  ['leaseLeftMs', 'lease left'],
  ['detectionMs', 'detection, until fenced'],
  ['takeoverMs', 'takeover, until committed'],
];
const OF_THE_STREAM: readonly (readonly [keyof FailoverStages, string])[] = [
  ['placementMs', 'placement, until granted'],
  ['deliveryMs', 'delivery, until told to start'],
  ['startMs', 'start in the handler (not part of the whole)'],
];

/**
 * The whole time per instance (its last stream) and per stream, then the stages. Streams of one
 * loss share its fate, so only figures per instance have bounds.
 */
export function lossRows(title: string, losses: readonly FollowedLoss[]): MeasuredRow[] {
  const found = losses.filter(({ failovers }) => failovers.length > 0);
  const streams = found.flatMap(({ failovers }) => failovers);
  const valuesOf = (stage: keyof FailoverStages, of: readonly Failover[]): number[] =>
    of.map((failover) => failover[stage]).filter((value) => value !== undefined);
  const firsts = found.flatMap(({ failovers }) => failovers.slice(0, 1));
  const last = ({ failovers }: FollowedLoss): number =>
    failovers.reduce((most, { totalMs }) => Math.max(most, totalMs), 0);
  return [
    {
      name: `${title}: kill until the last stream runs`,
      values: found.map(last),
      isIndependent: true,
    },
    { name: '  the same, each stream', values: valuesOf('totalMs', streams), isIndependent: false },
    ...OF_THE_LOSS.map(([stage, name]) => ({
      name: `  ${name}`,
      values: valuesOf(stage, firsts),
      isIndependent: true,
    })),
    ...OF_THE_STREAM.map(([stage, name]) => ({
      name: `  ${name}`,
      values: valuesOf(stage, streams),
      isIndependent: false,
    })),
  ];
}

/** What must hold of every loss, however fast it was. */
export function lossClaims(
  title: string,
  losses: readonly FollowedLoss[],
  doubleRuns: readonly DoubleRun[],
): Claim[] {
  const unknown = losses.reduce((sum, loss) => sum + loss.unknown.length, 0);
  const streams = losses.reduce((sum, { failovers }) => sum + failovers.length, 0);
  return [
    neverTwice(title, doubleRuns),
    {
      text: `${title}: every lost stream was followed to its next owner (${unknown} were not)`,
      holds: streams > 0 && unknown === 0,
      isAim: false,
    },
  ];
}
