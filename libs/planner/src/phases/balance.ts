import type { PlanRun } from '../state/plan.run';
import { flagAt, indexAt } from '../columns/column.access';
import type { BalanceLevel } from '../state/balance.level';
import { listExchangeGroups } from '../columns/exchange.groups';
import { computeLevel } from '../state/balance.level';
import { isCold, isHot } from './balance.eligibility';
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
    let shifts = 0;
    for (const members of groups) shifts += balanceGroup(run, members, wasEmpty);
    if (shifts === 0) return;
  }
}

/** One round for instances that can exchange streams. Returns how many streams got another home. */
function balanceGroup(
  run: PlanRun,
  members: readonly number[],
  wasEmpty: ReadonlySet<number>,
): number {
  const level = computeLevel(run.columns, run.state.load, run.settings, members);
  if (!isUneven(run, level)) return 0;
  return fillCold(run, level, wasEmpty) + relieveHot(run, level);
}

function isUneven(run: PlanRun, level: BalanceLevel): boolean {
  return level.members.some((it) => isHot(run, it, level) || isCold(run, it, level));
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
