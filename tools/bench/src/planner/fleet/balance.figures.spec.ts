import type { FleetSnapshot, Plan } from '@weir/planner';
import { balanceAfter } from './balance.figures';

const nothingToDo = { placements: [], moves: [] } as unknown as Plan;

describe('balance figures', () => {
  it('measure weight against the slots', () => {
    const snapshot: FleetSnapshot = {
      instances: ['a', 'b'].map((serverId) => ({
        serverId,
        status: 'ready',
        capacity: { streams: 10 },
      })),
      streams: [
        { streamId: '1', load: { weight: 6 }, owner: 'a' },
        { streamId: '2', load: { weight: 2 }, owner: 'b' },
      ],
    };
    expect(balanceAfter(snapshot, nothingToDo)).toEqual({ peak: 0.6, mean: 0.4 });
    const moved = { placements: [], moves: [{ streamId: '1', to: 'b' }] } as unknown as Plan;
    expect(balanceAfter(snapshot, moved)).toEqual({ peak: 0.8, mean: 0.4 });
  });

  it('take the hottest dimension', () => {
    const snapshot: FleetSnapshot = {
      instances: [{ serverId: 'a', status: 'ready', capacity: { streams: 10, cpuCores: 4 } }],
      streams: [{ streamId: '1', load: { weight: 1, cpuCores: 3 }, owner: 'a' }],
    };
    expect(balanceAfter(snapshot, nothingToDo)).toEqual({ peak: 0.75, mean: 0.75 });
  });
});
