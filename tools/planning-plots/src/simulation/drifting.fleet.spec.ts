import { defaultPlannerSettings } from '@weir/planner';
import type { FleetRunOptions } from './drifting.fleet';
import { runDriftingFleet } from './drifting.fleet';

const options: FleetRunOptions = {
  instances: 5,
  capacity: 50,
  hours: 6,
  planEveryMinutes: 5,
  drift: {
    seed: 7,
    streams: 50,
    ratio: 5,
    wander: 0.3,
    memoryMinutes: 60,
    daily: 0.3,
    jitter: 0.03,
  },
};

function runWith(relativeBand: number): ReturnType<typeof runDriftingFleet> {
  return runDriftingFleet(options, { ...defaultPlannerSettings, relativeBand });
}

describe('a fleet with drifting loads', () => {
  it('is the same for the same seed, and another for another', () => {
    const again = runDriftingFleet(options, defaultPlannerSettings);
    expect(runDriftingFleet(options, defaultPlannerSettings)).toEqual(again);
    const drift = { ...options.drift, seed: 8 };
    expect(runDriftingFleet({ ...options, drift }, defaultPlannerSettings)).not.toEqual(again);
  });

  it('moves more within a narrow band, and is more even for it', () => {
    const [narrow, wide] = [runWith(0.05), runWith(0.4)];
    expect(narrow.movesPerHour).toBeGreaterThan(wide.movesPerHour);
    expect(narrow.meanImbalance).toBeLessThan(wide.meanImbalance);
    expect(narrow.worstImbalance).toBeGreaterThanOrEqual(narrow.meanImbalance);
  });

  it('stays as it is while balancing is off', () => {
    const off = runDriftingFleet(options, { ...defaultPlannerSettings, balanceEnabled: false });
    expect([off.movesPerHour, off.mostMovedPerHour]).toEqual([0, 0]);
  });
});
