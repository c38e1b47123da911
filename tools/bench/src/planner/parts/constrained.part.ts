import { plan } from '@weir/planner';
import { balanceAfter } from '../fleet/balance.figures';
import { openConstrainedFleet } from '../fleet/constrained.fleet';
import type { ConstrainedFleet } from '../fleet/constrained.fleet';
import { countViolations } from '../fleet/constraint.checker';
import type { Violations } from '../fleet/constraint.checker';
import { PLAN_SEED, STARTED_AT_MS, unlimitedSettings } from '../fleet/planner.presets';
import { timeRuns } from '../measure/timed.runs';
import type { Runs } from '../measure/timed.runs';

export interface ConstrainedFigures {
  readonly samplesMs: readonly number[];
  readonly violations: Violations;
  /** In the hottest of the four dimensions. Ratio, 1 is even. */
  readonly peakToMean: number;
}

/** The first plan of a fleet with zones, labels and resources. */
export function measureConstrained(order: ConstrainedFleet & Runs): ConstrainedFigures {
  const ledger = openConstrainedFleet(order);
  const { samplesMs, last } = timeRuns(order, {
    prepare: () => ledger.snapshot(),
    run: (snapshot) => plan(snapshot, unlimitedSettings, { now: STARTED_AT_MS, seed: PLAN_SEED }),
  });
  const snapshot = ledger.snapshot();
  const { peak, mean } = balanceAfter(snapshot, last);
  return { samplesMs, violations: countViolations(snapshot, last), peakToMean: peak / mean };
}
