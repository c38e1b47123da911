import { indexAt } from '../columns/column.access';
import { isAllowedByLabels } from '../columns/label.classes';
import type { BalanceLevel } from '../state/balance.level';
import type { PlanRun } from '../state/plan.run';
import type { Exchange } from './balance.eligibility';
import {
  applyExchange,
  canGoBack,
  costOf,
  isWorthwhile,
  listMovable,
  toExchange,
} from './balance.eligibility';

/** Partners tried, coldest first: the colder one is, the more it can take on. */
const PARTNERS_MAX = 8;
/** Pairs measured exactly for one hot instance, best estimates first. */
const EXACT_LOOKS_MAX = 8;

interface Pair {
  readonly out: number;
  readonly back: number;
  readonly partner: number;
  readonly worth: number;
}

/**
 * Exchanges a stream of the hot instance for a smaller one of a cold instance. Where streams are
 * large beside the band no single move fits, but the difference of two does.
 * @returns both ends of each of the two shifts; empty when no exchange is worth its cost.
 */
export function swapWithCold(run: PlanRun, hot: number, level: BalanceLevel): number[] {
  if (run.budget.remaining < 2) return [];
  const peak = run.utilisation(hot);
  const pairs = listPartners(run, hot).flatMap((partner) => {
    return listPairs(run, { hot, partner }, level);
  });
  pairs.sort((a, b) => b.worth - a.worth || a.out - b.out || a.back - b.back);
  for (const pair of pairs.slice(0, EXACT_LOOKS_MAX)) {
    const exchange = toExchange(run, [
      { stream: pair.out, to: pair.partner },
      { stream: pair.back, to: hot },
    ]);
    if (!isWorthwhile(run, exchange, peak) || !isPossible(run, exchange)) continue;
    applyExchange(run, exchange, peak);
    return [hot, pair.partner, pair.partner, hot];
  }
  return [];
}

/** The coldest of the cells that the streams of the hot instance may be in. */
function listPartners(run: PlanRun, hot: number): number[] {
  const { classOf } = run.columns.streams;
  const classes = new Set(run.streamsAt(hot).map((stream) => indexAt(classOf, stream)));
  const cells = new Set([...classes].flatMap((classId) => [...run.search.cellsOf(classId)]));
  const coldest = [...cells].flatMap((cell) => run.state.heaps.listColdest(cell, PARTNERS_MAX));
  const cooler = coldest.filter((it) => run.utilisation(it) < run.utilisation(hot));
  cooler.sort((a, b) => run.utilisation(a) - run.utilisation(b) || a - b);
  return cooler.slice(0, PARTNERS_MAX);
}

interface Ends {
  readonly hot: number;
  readonly partner: number;
}

/** Pairs that would lower the peak by more than they cost, by the hottest resource alone. */
function listPairs(run: PlanRun, { hot, partner }: Ends, level: BalanceLevel): Pair[] {
  const peak = run.utilisation(hot);
  const excess = peak - level.hotAbove;
  const outs = listMovable(run, hot).filter((stream) => mayBeOn(run, stream, partner));
  const backs = listMovable(run, partner).filter((stream) => mayBeOn(run, stream, hot));
  run.search.evaluated += outs.length * backs.length;
  const pairs: Pair[] = [];
  for (const out of outs) {
    const cooled = peak - run.state.utilisationOf(out, hot);
    const warmed = run.utilisation(partner) + run.state.utilisationOf(out, partner);
    for (const back of backs) {
      const after = Math.max(
        cooled + run.state.utilisationOf(back, hot),
        warmed - run.state.utilisationOf(back, partner),
      );
      const cost = costOf(run, out) + costOf(run, back);
      if (peak - after <= cost) continue;
      pairs.push({ out, back, partner, worth: Math.min(peak - after, excess) - cost });
    }
  }
  return pairs;
}

/** Labels and history only: what else must hold is checked for the few best pairs. */
function mayBeOn(run: PlanRun, stream: number, instance: number): boolean {
  const { labels, streams } = run.columns;
  if (!isAllowedByLabels(labels, indexAt(streams.classOf, stream), instance)) return false;
  return run.ownerOf(stream) !== instance || canGoBack(run, stream);
}

/** Room and group hold at both ends while both streams are still at both of them. */
function isPossible(run: PlanRun, exchange: Exchange): boolean {
  return exchange.shifts.every(({ stream, to }) => {
    const from = run.homeOf(stream);
    const policy = { mayHaveFailed: false, excluded: from, keepsZones: true };
    return run.search.isOpen(stream, to, policy) && run.search.keepsGroupEven(stream, to);
  });
}
