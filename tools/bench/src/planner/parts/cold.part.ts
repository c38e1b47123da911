import { plan } from '@weir/planner';
import { balanceAfter } from '../fleet/balance.figures';
import { openLargeFleet } from '../fleet/large.fleet';
import type { LargeFleet } from '../fleet/large.fleet';
import { PLAN_SEED, STARTED_AT_MS, unlimitedSettings } from '../fleet/planner.presets';
import { timeRuns } from '../measure/timed.runs';
import type { Runs } from '../measure/timed.runs';

export interface ColdFigures {
  readonly samplesMs: readonly number[];
  /** Peak over mean utilisation of that one plan. Ratio, 1 is even. */
  readonly peakToMean: number;
  readonly unplaced: number;
}

/** The first plan of a fleet in which nobody owns anything. */
export function measureCold(order: LargeFleet & Runs): ColdFigures {
  const ledger = openLargeFleet(order);
  const { samplesMs, last } = timeRuns(order, {
    prepare: () => ledger.snapshot(),
    run: (snapshot) => plan(snapshot, unlimitedSettings, { now: STARTED_AT_MS, seed: PLAN_SEED }),
  });
  const { peak, mean } = balanceAfter(ledger.snapshot(), last);
  return { samplesMs, peakToMean: peak / mean, unplaced: last.unplaced.length };
}
