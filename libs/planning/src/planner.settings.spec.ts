import { DEFAULT_FLEET_SETTINGS, FLEET_SETTING_BOUNDS } from '@weir/domain';
import { defaultPlannerSettings } from '@weir/planner';
import { toPlannerSettings } from './planner.settings';

describe('the settings of a fleet as the planner takes them', () => {
  it("are the planner's own by default, but for moves in flight, which handoffs set", () => {
    expect(toPlannerSettings(DEFAULT_FLEET_SETTINGS)).toEqual({
      ...defaultPlannerSettings,
      maxMovesInFlight: DEFAULT_FLEET_SETTINGS.movesInFlightMax,
      maxMovesInFlightPerInstance: DEFAULT_FLEET_SETTINGS.movesInFlightPerInstanceMax,
    });
  });

  it('reach it one by one', () => {
    const settings = {
      ...DEFAULT_FLEET_SETTINGS,
      balanceEnabled: false,
      balanceRelativeBand: 0.3,
      balanceAbsoluteBand: 0.04,
      balanceMoveCostShare: 0.5,
      moveCooldownMs: 7,
      movesPerPlanMax: 8,
      movesInFlightMax: 9,
      movesInFlightPerInstanceMax: 10,
    };
    expect(toPlannerSettings(settings)).toEqual({
      ...defaultPlannerSettings,
      balanceEnabled: false,
      relativeBand: 0.3,
      absoluteBand: 0.04,
      moveCostShare: 0.5,
      cooldownMs: 7,
      maxMovesPerPlan: 8,
      maxMovesInFlight: 9,
      maxMovesInFlightPerInstance: 10,
    });
  });

  it('have bounds within which the defaults lie', () => {
    for (const [name, [min, max]] of Object.entries(FLEET_SETTING_BOUNDS)) {
      const initial = DEFAULT_FLEET_SETTINGS[name as keyof typeof FLEET_SETTING_BOUNDS];
      if (initial === null) continue;
      expect(initial).toBeGreaterThanOrEqual(min);
      expect(initial).toBeLessThanOrEqual(max);
    }
  });
});
