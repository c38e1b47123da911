import { indexAt, valueAt } from '../columns/column.access';
import type { BalanceLevel } from '../state/balance.level';
import { HotQueue } from '../state/hot.queue';
import type { PlanRun } from '../state/plan.run';
import type { Shift } from './balance.eligibility';
import { applyShift, findWorthwhile, isHot, isJoin, listMovable } from './balance.eligibility';
import { swapWithCold } from './balance.swap';

/**
 * Brings hot instances back to the edge of the band, hottest first: by moving one stream away, or,
 * when no single one helps, by exchanging one for a smaller one. Returns how many streams got
 * another home.
 */
export function relieveHot(run: PlanRun, level: BalanceLevel): number {
  const queue = new HotQueue(run.state.utilisation);
  for (const instance of level.members) if (isHot(run, instance, level)) queue.put(instance);
  let shifts = 0;
  let isPeakStuck = false;
  for (let donor = queue.take(); donor >= 0 && run.hasEffortLeft(); donor = queue.take()) {
    let touched = relieveByOne(run, donor, level);
    // Two interruptions for the difference of two streams are worth it for the peak alone: below
    // one that stays, nothing is gained by them.
    const maySwap = !isPeakStuck && level.onlyToNewcomers !== true;
    if (touched.length === 0 && maySwap) touched = swapWithCold(run, donor, level);
    if (touched.length === 0) isPeakStuck = true;
    shifts += touched.length / 2;
    for (const instance of touched) if (isHot(run, instance, level)) queue.put(instance);
  }
  return shifts;
}

/** @returns both ends of the shift that was made; empty when none is worth it. */
function relieveByOne(run: PlanRun, donor: number, level: BalanceLevel): number[] {
  const shift = findRelief(run, donor, level);
  if (shift === undefined) return [];
  applyShift(run, shift, 'balance');
  return [donor, shift.to];
}

/**
 * The stream, and where to, that takes most of what the donor has too much; of those that take all
 * of it the cheapest, then the lightest.
 */
function findRelief(run: PlanRun, donor: number, level: BalanceLevel): Shift | undefined {
  const excess = run.utilisation(donor) - level.hotAbove;
  const targets = new TargetMemo(run, donor);
  let best: Shift | undefined;
  for (const stream of listMovable(run, donor)) {
    run.search.evaluated += 1;
    const to = targets.find(stream);
    if (level.onlyToNewcomers === true && to >= 0 && !isJoin(run, to)) continue;
    const shift = to < 0 ? undefined : findWorthwhile(run, stream, to);
    if (shift && (best === undefined || compareReliefs(run, shift, best, excess) < 0)) best = shift;
  }
  return best;
}

function compareReliefs(run: PlanRun, left: Shift, right: Shift, excess: number): number {
  const worth = (shift: Shift): number => Math.min(shift.gain, excess) - shift.cost;
  const { demand } = run.columns.streams;
  const { dimensionCount } = run.columns;
  return (
    worth(right) - worth(left) ||
    valueAt(demand, left.stream * dimensionCount) -
      valueAt(demand, right.stream * dimensionCount) ||
    left.stream - right.stream
  );
}

/**
 * Streams of one class and one demand have one best target: it is searched once, not once for each.
 */
class TargetMemo {
  private readonly known = new Map<string, number>();

  constructor(
    private readonly run: PlanRun,
    private readonly donor: number,
  ) {}

  find(stream: number): number {
    if (this.run.search.coldestFor(stream) >= this.run.utilisation(this.donor)) return -1;
    const key = this.keyOf(stream);
    if (key === undefined) return this.search(stream);
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const found = this.search(stream);
    this.known.set(key, found);
    return found;
  }

  /** Undefined for a stream whose targets depend on more than its class and its demand. */
  private keyOf(stream: number): string | undefined {
    const { streams, dimensionCount } = this.run.columns;
    if (indexAt(streams.groupOf, stream) >= 0 || streams.failedOn.has(stream)) return undefined;
    if (dimensionCount > 1) return undefined;
    return `${indexAt(streams.classOf, stream)}/${valueAt(streams.demand, stream)}`;
  }

  private search(stream: number): number {
    const policy = { mayHaveFailed: false, excluded: this.donor, keepsZones: true };
    return this.run.search.find(stream, policy);
  }
}
