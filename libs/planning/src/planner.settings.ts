import type { FleetSettings } from '@weir/domain';
import { defaultPlannerSettings } from '@weir/planner';
import type { PlannerSettings } from '@weir/planner';

/** The settings of a fleet that plans are made with; the others are not for the planner. */
export const PLANNING_SETTINGS = [
  'balanceEnabled',
  'balanceRelativeBand',
  'balanceAbsoluteBand',
  'balanceMoveCostShare',
  'moveCooldownMs',
  'movesPerPlanMax',
  'movesInFlightMax',
  'movesInFlightPerInstanceMax',
] as const satisfies readonly (keyof FleetSettings)[];

export type PlanningSettings = Pick<FleetSettings, (typeof PLANNING_SETTINGS)[number]>;

/** The fleet's settings as the planner takes them; what operators cannot set keeps its default. */
export function toPlannerSettings(settings: PlanningSettings): PlannerSettings {
  return {
    ...defaultPlannerSettings,
    balanceEnabled: settings.balanceEnabled,
    relativeBand: settings.balanceRelativeBand,
    absoluteBand: settings.balanceAbsoluteBand,
    cooldownMs: settings.moveCooldownMs,
    moveCostShare: settings.balanceMoveCostShare,
    maxMovesPerPlan: settings.movesPerPlanMax,
    maxMovesInFlight: settings.movesInFlightMax,
    maxMovesInFlightPerInstance: settings.movesInFlightPerInstanceMax,
  };
}
