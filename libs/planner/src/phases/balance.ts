import { listExchangeGroups } from '../columns/exchange.groups';
import type { BalanceLevel } from '../state/balance.level';
import { canOneBeAbove, computeLargest, computeLevel } from '../state/balance.level';
import type { PlanRun } from '../state/plan.run';
import { isCold, isHot, isJoin } from './balance.eligibility';
import { solveExactly } from './balance.exact';
import { fillCold, fillEmpty, fillNewcomers } from './balance.fill';
import { relieveHot } from './balance.relieve';

/**
 * Rounds are few: each step cools the hotter of two ends, so the first one does nearly everything.
 */
const ROUNDS_MAX = 16;

/**
 * Fourth: evens the load out, with what may be moved for that alone. It comes after all that must
 * be done, sees its result, and may still choose other homes for the streams that get one in this
 * plan, which costs nothing. Newcomers are filled before hot instances are relieved: they are
 * filled from these, and nothing moves between old ones that filling has made unnecessary. What is
 * old and only cold comes last: relieving needs its room, for streams larger than it would have
 * been given.
 *
 * Every step lowers the larger of two utilisations, so the sorted list of all of them falls with
 * each step: it ends, and a fleet where it found nothing more to do is settled: the next plan is
 * empty.
 */
export function balance(run: PlanRun): void {
  const groups = listExchangeGroups(run.columns).filter((members) => members.length > 1);
  while (run.rounds < ROUNDS_MAX && run.hasEffortLeft()) {
    run.rounds += 1;
    if (balanceOnce(run, groups) === 0) return;
  }
}

function balanceOnce(run: PlanRun, groups: readonly (readonly number[])[]): number {
  const { columns, settings, state } = run;
  const input = { columns, settings, load: state.load };
  const uneven = groups.filter((members) => isUneven(run, computeLevel(input, members)));
  if (uneven.length === 0) return 0;
  // A pass over all streams, and needed only where one of them is large beside an instance.
  const largest = canOneBeAbove(columns, state.load)
    ? computeLargest(columns, state.homeOf)
    : undefined;
  return uneven.reduce((shifts, members) => {
    return shifts + balanceGroup(run, computeLevel(input, members, largest));
  }, 0);
}

/** One round for instances that can exchange streams. Returns how many streams got another home. */
function balanceGroup(run: PlanRun, level: BalanceLevel): number {
  if (!isUneven(run, level)) return 0;
  const exact = solveExactly(run, level);
  if (exact.kind === 'solved') {
    // The peak is as low as it can be: what is left to want is that no instance stands idle.
    return exact.shifts > 0 ? exact.shifts : fillEmpty(run, level);
  }
  const among = amongOldOnes(run, level);
  return fillNewcomers(run, level) + relieveHot(run, among) + fillCold(run, among);
}

/**
 * A newcomer lowers the mean and takes whole streams: old ones that were even before must not count
 * as hot or cold for that. While one joins, nothing moves between them.
 */
function amongOldOnes(run: PlanRun, level: BalanceLevel): BalanceLevel {
  const old = level.members.filter((instance) => !isJoin(run, instance));
  if (old.length === level.members.length || old.length === 0) return level;
  const { columns, settings, state } = run;
  const before = computeLevel({ columns, settings, load: state.load }, old);
  if (old.some((it) => isHot(run, it, before))) return level;
  return { ...level, coldBelow: 0, onlyToNewcomers: true };
}

function isUneven(run: PlanRun, level: BalanceLevel): boolean {
  return level.members.some((it) => isHot(run, it, level) || isCold(run, it, level));
}
