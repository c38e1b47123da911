import type { HandoffGap } from '../measure/handoff.gaps';
import type { MeasuredRow } from '../report/bench.result';
import type { HandoffKind } from './handoff.run';

/**
 * The gaps of one kind of handoff: 0 where the new owner was earlier, and then how long both ran.
 * Moves by hand are made one at a time; the streams of a leave or a drain go together.
 */
export function handoffRows(
  title: string,
  kind: HandoffKind,
  gaps: readonly HandoffGap[],
): MeasuredRow[] {
  const isIndependent = kind === 'move by hand';
  const told = gaps.map(({ ownerGapMs }) => ownerGapMs);
  const underWay = gaps.map(({ serviceGapMs }) => serviceGapMs).filter((gap) => gap !== undefined);
  const overlaps = underWay.filter((gap) => gap < 0).map((gap) => -gap);
  const row = (name: string, values: readonly number[]): MeasuredRow => ({
    name,
    values,
    isIndependent,
  });
  return [
    row(`${title}: gap until told to start`, told.map(atLeast0)),
    row('  gap until under way', underWay.map(atLeast0)),
    ...(overlaps.length > 0 ? [row('  both had it under way for', overlaps)] : []),
  ];
}

function atLeast0(gapMs: number): number {
  return Math.max(0, gapMs);
}
