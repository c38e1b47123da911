import { plan } from '@weir/planner';
import type { Plan, PlannerSettings } from '@weir/planner';
import type { FleetLedger } from './fleet.ledger';
import { PLAN_SEED } from './planner.presets';

/** How a fleet is planned until nothing is left to do. */
export interface Pace {
  readonly settings: PlannerSettings;
  /** Time of the first plan, in ms. */
  readonly nowMs: number;
  /** From one plan to the next, in ms. */
  readonly gapMs: number;
  /** Plans at most. */
  readonly plansMax: number;
}

export interface Settling {
  /** Plans that were applied, none of them empty. */
  readonly plans: readonly Plan[];
  /** True: the last plan asked for was empty. */
  readonly isSettled: boolean;
  /** Time of the last plan asked for, in ms. */
  readonly nowMs: number;
}

/** Plans and applies until a plan is empty, at most `plansMax` times. */
export function settle(ledger: FleetLedger, pace: Pace): Settling {
  const plans: Plan[] = [];
  let nowMs = pace.nowMs;
  for (;;) {
    const next = plan(ledger.snapshot(), pace.settings, { now: nowMs, seed: PLAN_SEED });
    if (next.placements.length + next.moves.length === 0) return { plans, isSettled: true, nowMs };
    if (plans.length === pace.plansMax) return { plans, isSettled: false, nowMs };
    ledger.apply(next, nowMs);
    plans.push(next);
    nowMs += pace.gapMs;
  }
}

/** Moves of all these plans together. */
export function countMoves(plans: readonly Plan[]): number {
  return plans.reduce((sum, one) => sum + one.moves.length, 0);
}
