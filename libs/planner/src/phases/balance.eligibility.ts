import type { PlanRun } from '../state/plan.run';
import type { BalanceLevel } from '../state/balance.level';
import type { StepReason } from '../boundary/plan.view';
import { indexAt } from '../columns/column.access';

/** A change of home that is worth its cost. */
export interface Shift {
  readonly stream: number;
  readonly to: number;
  readonly gain: number;
  readonly cost: number;
}

/**
 * True when this plan empties or replaces an instance. Then only the streams that need a new home
 * move; whatever evening out remains is done when that is over.
 */
export function isOnlyForHomeless(run: PlanRun): boolean {
  return run.decisions.replacesInstance;
}

/** An instance that holds nothing is cold however idle the fleet is: it is there to be used. */
export function isCold(run: PlanRun, instance: number, level: BalanceLevel): boolean {
  const isEmpty = indexAt(run.state.streamCount, instance) === 0;
  return run.utilisation(instance) < level.coldBelow || (isEmpty && level.mean > 0);
}

export function isHot(run: PlanRun, instance: number, level: BalanceLevel): boolean {
  return run.utilisation(instance) > level.hotAbove;
}

/** Streams of the instance that balancing may give another home. */
export function listBalanceable(run: PlanRun, from: number, onlyHomeless: boolean): number[] {
  const mayBegin =
    run.settings.balanceEnabled &&
    !onlyHomeless &&
    run.budget.hasAny() &&
    run.budget.hasForInstance(from);
  return run.streamsAt(from).filter((stream) => {
    if (!run.isPlannable(stream)) return false;
    if (run.decisions.has(stream)) return run.decisions.reasonOf(stream) !== 'makeRoom';
    return mayBegin && !run.isResting(stream);
  });
}

/**
 * The shift if it gains more than it costs. Another home for a stream that gets one anyway is free.
 */
export function findWorthwhile(run: PlanRun, stream: number, to: number): Shift | undefined {
  const from = run.homeOf(stream);
  const isFree = run.decisions.has(stream);
  if (!isFree && !run.budget.hasForInstance(to)) return undefined;
  if (isFree && to === run.ownerOf(stream) && mustLeave(run, stream)) return undefined;
  const cooled = run.state.utilisationWith(stream, from, -1);
  const warmed = run.state.utilisationWith(stream, to, 1);
  const gain = run.utilisation(from) - Math.max(cooled, warmed);
  const cost = isFree ? 0 : run.moveCost(stream, from);
  // Beyond the last bits of a division: equal is not better.
  return gain > cost + 1e-9 * warmed ? { stream, to, gain, cost } : undefined;
}

/** What balancing itself decided to move may go back; what was mended may not. */
function mustLeave(run: PlanRun, stream: number): boolean {
  const reason = run.decisions.reasonOf(stream);
  return reason !== 'balance' && reason !== 'join';
}

export function applyShift(run: PlanRun, shift: Shift, reason: StepReason): void {
  const { stream, to } = shift;
  const from = run.homeOf(stream);
  run.setHome(stream, to);
  if (run.decisions.has(stream)) return;
  run.budget.take(from, to);
  run.decisions.note(stream, reason, shift.gain);
}

/** The hottest member above the utilisation that is not passed over; -1 if there is none. */
export function findHottest(
  run: PlanRun,
  level: BalanceLevel,
  above: number,
  passedOver: ReadonlySet<number>,
): number {
  let hottest = -1;
  let utilisation = above;
  for (const instance of level.members) {
    const own = run.utilisation(instance);
    if (own <= utilisation || passedOver.has(instance)) continue;
    hottest = instance;
    utilisation = own;
  }
  return hottest;
}
