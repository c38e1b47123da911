import type { FleetSettings } from '@weir/domain';
import { defaultPlannerSettings } from '@weir/planner';
import type { PlannerSettings } from '@weir/planner';

/** The fleet's settings as the planner takes them; what operators cannot set keeps its default. */
export function toPlannerSettings(settings: FleetSettings): PlannerSettings {
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
