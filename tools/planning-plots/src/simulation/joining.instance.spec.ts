import { defaultPlannerSettings } from '@weir/planner';
import { runJoin } from './joining.instance';

const options = { instances: 4, streamsEach: 20, capacity: 40, roundsPerMove: 2 };

function joinWith(perPlan: number, perInstance: number): ReturnType<typeof runJoin> {
  return runJoin(options, {
    ...defaultPlannerSettings,
    maxMovesPerPlan: perPlan,
    maxMovesInFlightPerInstance: perInstance,
  });
}

describe('a joining instance', () => {
  it('has its share when one plan of moves is done, if the budgets allow that', () => {
    expect(joinWith(100, 100).seconds).toBe(options.roundsPerMove);
  });

  it('waits longer under either budget', () => {
    const free = joinWith(100, 100).seconds ?? Infinity;
    expect(joinWith(1, 100).seconds).toBeGreaterThan(free);
    expect(joinWith(100, 1).seconds).toBeGreaterThan(free);
  });

  it('says so when it never gets its share', () => {
    const settings = { ...defaultPlannerSettings, balanceEnabled: false };
    expect(runJoin(options, settings)).toEqual({ seconds: undefined, moves: 0 });
  });
});
