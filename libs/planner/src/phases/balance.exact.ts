import { indexAt, valueAt } from '../columns/column.access';
import { isAllowedByLabels } from '../columns/label.classes';
import { countMoves, findFewestMoves } from '../exact/fewest.moves';
import { findLowestPeak } from '../exact/lowest.peak';
import type { SmallProblem } from '../exact/small.problem';
import { isBelow } from '../exact/small.problem';
import type { BalanceLevel } from '../state/balance.level';
import type { PlanRun } from '../state/plan.run';
import type { Exchange } from './balance.eligibility';
import {
  applyExchange,
  canGoBack,
  isWorthwhile,
  listMovable,
  toExchange,
} from './balance.eligibility';

/** So few that every assignment that could be better is looked at in milliseconds. */
const INSTANCES_MAX = 8;
const STREAMS_MAX = 16;

/**
 * - solved: no assignment has a lower peak. Returned with how many streams got another home.
 * - tooLarge: local search decides.
 * - notWorthwhile: a lower peak costs more than it gains as a whole; single moves may still pay.
 */
export type ExactOutcome =
  | { readonly kind: 'solved'; readonly shifts: number }
  | { readonly kind: 'tooLarge' | 'notWorthwhile' };

/**
 * A small group is solved exactly: the lowest peak that whole streams allow (or the edge of the
 * band, if that can be reached), with the fewest moves that reach it. Whole streams in a small
 * fleet are like a puzzle: what looks best move by move misses the best peak by a tenth and more.
 */
export function solveExactly(run: PlanRun, level: BalanceLevel): ExactOutcome {
  const { members } = level;
  if (members.length > INSTANCES_MAX) return { kind: 'tooLarge' };
  const all = members.flatMap((instance) => run.streamsAt(instance));
  if (all.length > 4 * STREAMS_MAX) return { kind: 'tooLarge' };
  const movable = members.flatMap((instance) => listMovable(run, instance));
  const streams = movable.filter((stream) => indexAt(run.columns.streams.groupOf, stream) < 0);
  if (streams.length > STREAMS_MAX) return { kind: 'tooLarge' };
  const problem = toProblem(run, members, streams);
  const lowest = findLowestPeak(problem, level.hotAbove);
  run.search.evaluated += lowest.nodes;
  const peak = Math.max(...members.map((instance) => run.utilisation(instance)));
  if (!isBelow(lowest.peak, peak)) return { kind: 'solved', shifts: 0 };
  const peakMax = Math.max(lowest.peak, level.hotAbove);
  const fewest = findFewestMoves(problem, peakMax, lowest.homes);
  run.search.evaluated += fewest.nodes;
  if (countMoves(problem, fewest.homes) > run.budget.remaining) return { kind: 'notWorthwhile' };
  return apply(run, listChanges({ run, members, streams }, fewest.homes), peak);
}

function apply(run: PlanRun, exchange: Exchange, peak: number): ExactOutcome {
  if (!isWorthwhile(run, exchange, peak)) return { kind: 'notWorthwhile' };
  applyExchange(run, exchange, peak);
  return { kind: 'solved', shifts: exchange.shifts.length };
}

interface Small {
  readonly run: PlanRun;
  readonly members: readonly number[];
  readonly streams: readonly number[];
}

function listChanges({ run, members, streams }: Small, homes: Int32Array): Exchange {
  const shifts = streams.flatMap((stream, at) => {
    const to = members[homes[at] ?? -1] ?? -1;
    return to === run.homeOf(stream) ? [] : [{ stream, to }];
  });
  return toExchange(run, shifts);
}

function toProblem(
  run: PlanRun,
  members: readonly number[],
  streams: readonly number[],
): SmallProblem {
  const { columns, state } = run;
  const { dimensionCount, instances } = columns;
  const placeOf = new Map(members.map((instance, place) => [instance, place]));
  const ofInstances = (column: Float64Array): Float64Array =>
    Float64Array.from(
      members.flatMap((it) => [...column.subarray(it * dimensionCount, (it + 1) * dimensionCount)]),
    );
  const ofStreams = streams.flatMap((it) => [
    ...columns.streams.demand.subarray(it * dimensionCount, (it + 1) * dimensionCount),
  ]);
  const homes = Int32Array.from(streams, (stream) => placeOf.get(run.homeOf(stream)) ?? -1);
  const base = ofInstances(state.load);
  for (const [at, demand] of ofStreams.entries()) {
    const home = homes[Math.floor(at / dimensionCount)] ?? -1;
    const place = home * dimensionCount + (at % dimensionCount);
    base[place] = valueAt(base, place) - demand;
  }
  const held = ofInstances(state.held);
  return {
    dimensionCount,
    instanceCount: members.length,
    streamCount: streams.length,
    base,
    share: ofInstances(instances.share),
    demand: Float64Array.from(ofStreams),
    homes,
    isAllowed: listAllowed(run, members, streams),
    isFree: Uint8Array.from(streams, (stream) => (run.decisions.has(stream) ? 1 : 0)),
    free: ofInstances(instances.limit).map((limit, at) => limit - valueAt(held, at)),
    freeSlots: Int32Array.from(
      members,
      (it) => indexAt(instances.slots, it) - indexAt(state.heldCount, it),
    ),
    cost: Float64Array.from(streams, (stream) => run.moveCost(stream, run.homeOf(stream))),
  };
}

function listAllowed(
  run: PlanRun,
  members: readonly number[],
  streams: readonly number[],
): Uint8Array {
  const { labels, streams: columns } = run.columns;
  const isAllowed = (stream: number, instance: number): boolean => {
    if (run.homeOf(stream) === instance) return true;
    if (run.ownerOf(stream) === instance && !canGoBack(run, stream)) return false;
    if (columns.failedOn.get(stream)?.has(instance)) return false;
    return isAllowedByLabels(labels, indexAt(columns.classOf, stream), instance);
  };
  return Uint8Array.from(
    streams.flatMap((stream) => members.map((it) => (isAllowed(stream, it) ? 1 : 0))),
  );
}
