import type { StepReason } from '../boundary/plan.view';
import { flagAt, indexAt } from '../columns/column.access';
import type { BalanceLevel } from '../state/balance.level';
import type { PlanRun } from '../state/plan.run';

/** A change of home that is worth its cost. */
export interface Shift {
  readonly stream: number;
  readonly to: number;
  readonly gain: number;
  readonly cost: number;
}

/** Changes that only make sense together: a swap, or what an exact solution asks for. */
export interface Exchange {
  readonly shifts: readonly {
    readonly stream: number;
    readonly to: number;
    readonly cost: number;
  }[];
  /** The sum of their costs. */
  readonly cost: number;
  /** Utilisation of the hottest instance that they touch, afterwards. */
  readonly peakAfter: number;
}

/** Beyond the last bits of a division: equal is not better. */
const NOT_EQUAL = 1e-9;

/**
 * An instance that is this close to the mean is full enough; ever smaller streams for the rest of
 * it are not worth it.
 */
export const FULL_ENOUGH = 0.99;

/**
 * An instance that holds nothing is cold however idle the fleet is: it is there to be used. One
 * that is joining is cold up to the mean.
 */
export function isCold(run: PlanRun, instance: number, level: BalanceLevel): boolean {
  const utilisation = run.utilisation(instance);
  if (utilisation < level.coldBelow) return true;
  if (flagAt(run.isJoining, instance) === 1) return utilisation < level.mean * FULL_ENOUGH;
  return level.mean > 0 && indexAt(run.state.streamCount, instance) === 0;
}

/** True when what an instance is given is part of its joining. */
export function isJoin(run: PlanRun, instance: number): boolean {
  return flagAt(run.wasEmpty, instance) === 1 || flagAt(run.isJoining, instance) === 1;
}

export function isHot(run: PlanRun, instance: number, level: BalanceLevel): boolean {
  return run.utilisation(instance) > level.hotAbove;
}

/**
 * May this plan move streams only to even out load? Not when it empties or replaces an instance or
 * makes room: then only the streams that must move do, and the rest waits until that is over.
 */
export function mayBeginMoves(run: PlanRun): boolean {
  return run.settings.balanceEnabled && !run.decisions.isUrgent && run.budget.hasAny();
}

/** Streams of the instance that balancing may give another home. */
export function listMovable(run: PlanRun, from: number): number[] {
  const mayBegin = mayBeginMoves(run) && run.budget.hasForInstance(from);
  return run.streamsAt(from).filter((stream) => isMovable(run, stream, mayBegin));
}

/** @param mayBegin a move of a stream that is at rest may begin there. */
export function isMovable(run: PlanRun, stream: number, mayBegin: boolean): boolean {
  if (!run.isPlannable(stream)) return false;
  if (run.decisions.has(stream)) return run.decisions.reasonOf(stream) !== 'makeRoom';
  return mayBegin && !run.isResting(stream);
}

/**
 * The shift if it gains more than it costs. Another home for a stream that gets one anyway is free.
 */
export function findWorthwhile(run: PlanRun, stream: number, to: number): Shift | undefined {
  const from = run.homeOf(stream);
  if (!mayGo(run, stream, to)) return undefined;
  const cooled = run.state.utilisationWith(stream, from, -1);
  const warmed = run.state.utilisationWith(stream, to, 1);
  const gain = run.utilisation(from) - Math.max(cooled, warmed);
  const cost = costOf(run, stream);
  return gain > cost + NOT_EQUAL * warmed ? { stream, to, gain, cost } : undefined;
}

/** True when the budget of the instance, and what the stream was moved for, let it go there. */
export function mayGo(run: PlanRun, stream: number, to: number): boolean {
  if (!run.decisions.has(stream)) return run.budget.hasForInstance(to);
  if (!canGoBack(run, stream)) return to !== run.ownerOf(stream);
  return to === run.ownerOf(stream) || run.budget.hasForInstance(to);
}

/** What balancing itself decided to move may go back; what was mended may not. */
export function canGoBack(run: PlanRun, stream: number): boolean {
  const reason = run.decisions.reasonOf(stream);
  return reason === 'balance' || reason === 'join';
}

export function costOf(run: PlanRun, stream: number): number {
  return run.decisions.has(stream) ? 0 : run.moveCost(stream, run.homeOf(stream));
}

export function applyShift(run: PlanRun, shift: Shift, reason: StepReason): void {
  const { stream, to } = shift;
  const from = run.homeOf(stream);
  run.setHome(stream, to);
  if (!run.decisions.has(stream)) {
    run.budget.take(from, to);
    run.decisions.note(stream, reason, shift.gain);
  } else if (canGoBack(run, stream)) {
    // A move that balancing began itself ends elsewhere, and has both gains; or it does not begin.
    const owner = run.ownerOf(stream);
    run.budget.giveBack(owner, from);
    if (to !== owner) run.budget.take(owner, to);
    run.decisions.note(stream, reason, run.decisions.gainOf(stream) + shift.gain);
  } else {
    run.hasRerouted = true;
  }
}

/** Measures the changes by making them and taking them back. */
export function toExchange(
  run: PlanRun,
  changes: readonly { readonly stream: number; readonly to: number }[],
): Exchange {
  const shifts = changes.map((change) => ({ ...change, cost: costOf(run, change.stream) }));
  const homes = changes.map(({ stream }) => run.homeOf(stream));
  const touched = [...homes, ...changes.map(({ to }) => to)];
  for (const { stream, to } of changes) run.setHome(stream, to);
  const peakAfter = Math.max(...touched.map((instance) => run.utilisation(instance)));
  for (const [at, { stream }] of changes.entries()) run.setHome(stream, homes[at] ?? -1);
  return { shifts, cost: shifts.reduce((sum, { cost }) => sum + cost, 0), peakAfter };
}

/** True when the peak falls by more than all the moves cost, and the budgets allow them. */
export function isWorthwhile(run: PlanRun, exchange: Exchange, peak: number): boolean {
  const gain = peak - exchange.peakAfter;
  if (gain <= exchange.cost + NOT_EQUAL * peak) return false;
  const begun = exchange.shifts.filter(({ stream }) => !run.decisions.has(stream));
  return run.budget.hasForAll(begun.map(({ stream, to }) => ({ from: run.homeOf(stream), to })));
}

/**
 * Each step is noted with what it costs and an equal part of what the whole gains beyond its cost:
 * then each of them gains more than it costs, as the whole does.
 */
export function applyExchange(run: PlanRun, exchange: Exchange, peak: number): void {
  const begun = exchange.shifts.filter(({ stream }) => !run.decisions.has(stream)).length;
  const surplus = (peak - exchange.peakAfter - exchange.cost) / Math.max(1, begun);
  for (const { stream, to, cost } of exchange.shifts) {
    const reason = isJoin(run, to) ? 'join' : 'balance';
    applyShift(run, { stream, to, cost, gain: cost + surplus }, reason);
  }
}
