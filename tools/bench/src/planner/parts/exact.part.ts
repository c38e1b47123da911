import type { PlannerSettings } from '@weir/planner';
import { countMoved, drawExactCase, openExactCase, peakOf } from '../exact/exact.case';
import { ExactSolver } from '../exact/exact.solver';
import { STARTED_AT_MS, unlimitedSettings } from '../fleet/planner.presets';
import { settle } from '../fleet/settle';
import { SeededRandom } from '../measure/seeded.random';

/** Balance before everything: no band, no price, no rest. */
export const exactSettings: PlannerSettings = {
  ...unlimitedSettings,
  relativeBand: 0,
  absoluteBand: 0,
  cooldownMs: 0,
  moveCostShare: 0,
};

const PLANS_MAX = 5;
const GAP_MS = 60_000;

export interface ExactFigures {
  /** Per case: peak over the lowest possible one, minus 1. Ratio. */
  readonly overOptimum: readonly number[];
  /** Per case: moves above the fewest with which its peak can be reached. */
  readonly movesOverFewest: readonly number[];
  /** Cases not at rest after five plans. */
  readonly restless: number;
  /** Programs that HiGHS solved to proved optimality. */
  readonly solved: number;
}

/** Small random fleets, planned to rest and compared with the exact optimum. */
export async function measureExact(order: {
  readonly cases: number;
  readonly seed: number;
}): Promise<ExactFigures> {
  const solver = await ExactSolver.load();
  const random = new SeededRandom(order.seed);
  const overOptimum: number[] = [];
  const movesOverFewest: number[] = [];
  let restless = 0;
  for (let at = 0; at < order.cases; at++) {
    const fleet = drawExactCase(random);
    const ledger = openExactCase(fleet, STARTED_AT_MS);
    const pace = { settings: exactSettings, gapMs: GAP_MS, plansMax: PLANS_MAX };
    const { isSettled } = settle(ledger, { ...pace, nowMs: STARTED_AT_MS + GAP_MS });
    if (!isSettled) restless += 1;
    const peak = peakOf(fleet, ledger.owners);
    overOptimum.push(peak / solver.lowestPeak(fleet) - 1);
    movesOverFewest.push(countMoved(fleet, ledger.owners) - solver.fewestMoves(fleet, peak));
  }
  return { overOptimum, movesOverFewest, restless, solved: solver.solved };
}
