import { defaultPlannerSettings } from '@weir/planner';
import type { PlannerSettings } from '@weir/planner';

/** No case can use it up. */
const UNLIMITED = 1_000_000_000;

/** The defaults, with budgets that no case uses up: bars are about the end, not the pace. */
export const unlimitedSettings: PlannerSettings = {
  ...defaultPlannerSettings,
  maxMovesPerPlan: UNLIMITED,
  maxMovesInFlight: UNLIMITED,
  maxMovesInFlightPerInstance: UNLIMITED,
};

/** Any hour of any day, in ms; the planner only takes differences. */
export const STARTED_AT_MS = 1_800_000_000_000;

/** Seed of every plan: ties fall the same way in each run. */
export const PLAN_SEED = 1;
