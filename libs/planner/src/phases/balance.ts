import { flagAt, indexAt } from '../columns/column.access';
import { listExchangeGroups } from '../columns/exchange.groups';
import type { BalanceLevel } from '../state/balance.level';
import { computeLargest, computeLevel } from '../state/balance.level';
import type { PlanRun } from '../state/plan.run';
import { isCold, isHot } from './balance.eligibility';
import { solveExactly } from './balance.exact';
import { fillCold } from './balance.fill';
import { relieveHot } from './balance.relieve';

/**
 * Rounds are few: each step cools the hotter of two ends, so the first one does nearly everything.
 */
const ROUNDS_MAX = 16;

/**
 * Fourth: evens the load out, with what may be moved for that alone. It comes after all that must
 * be done, sees its result, and may still choose other homes for the streams that get one in this
 * plan, which costs nothing. Filling comes before relieving, so that a joining instance is filled
 * from the hottest ones and nothing moves between the old ones that filling it has made
 * unnecessary.
 *
 * Every step lowers the larger of two utilisations, so the sorted list of all of them falls with
 * each step: it ends, and a fleet where it found nothing more to do is settled: the next plan is
 * empty.
 */
export function balance(run: PlanRun): void {
  const wasEmpty = listEmpty(run);
  const groups = listExchangeGroups(run.columns).filter((members) => members.length > 1);
  while (run.rounds < ROUNDS_MAX && run.hasEffortLeft()) {
    run.rounds += 1;
    const { columns, state } = run;
    const largest = computeLargest(columns, state.homeOf);
    let shifts = 0;
    for (const members of groups) {
      const level = computeLevel({ columns, load: state.load, largest }, run.settings, members);
      shifts += balanceGroup(run, level, wasEmpty);
    }
    if (shifts === 0) return;
  }
}

/** One round for instances that can exchange streams. Returns how many streams got another home. */
function balanceGroup(run: PlanRun, level: BalanceLevel, wasEmpty: ReadonlySet<number>): number {
  const isUneven = level.members.some((it) => isHot(run, it, level) || isCold(run, it, level));
  if (!isUneven) return 0;
  const exact = solveExactly(run, level);
  if (exact.kind === 'solved') {
    // The peak is as low as it can be: what is left to want is that no instance stands idle.
    return exact.shifts > 0 ? exact.shifts : fillCold(run, onlyEmpty(level), wasEmpty);
  }
  return fillCold(run, level, wasEmpty) + relieveHot(run, level);
}

/** A level at which only what holds nothing counts as cold. */
function onlyEmpty(level: BalanceLevel): BalanceLevel {
  return { ...level, coldBelow: 0 };
}

/** Instances that hold nothing before this plan. */
function listEmpty(run: PlanRun): Set<number> {
  const { homeOf } = run.state;
  const { streams, instances } = run.columns;
  const holds = new Uint8Array(instances.count);
  for (let stream = 0; stream < homeOf.length; stream++) {
    const owner = indexAt(streams.ownerOf, stream);
    if (owner >= 0) holds[owner] = 1;
    const home = indexAt(homeOf, stream);
    if (home >= 0 && !run.decisions.has(stream)) holds[home] = 1;
  }
  return new Set([...instances.serverIds.keys()].filter((it) => flagAt(holds, it) === 0));
}
