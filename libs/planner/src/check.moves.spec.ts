import { defaultPlannerSettings } from './boundary/planner.settings';
import type { FleetSnapshot } from './boundary/snapshot.view';
import { checkMoves } from './check.moves';

const snapshot: FleetSnapshot = {
  instances: [
    { serverId: 'full', status: 'ready', capacity: { streams: 1 } },
    { serverId: 'one-free', status: 'ready', capacity: { streams: 1 } },
    { serverId: 'closed', status: 'cordoned', capacity: { streams: 9 } },
    { serverId: 'home', status: 'ready', capacity: { streams: 9 } },
  ],
  streams: [
    { streamId: '1', owner: 'full', load: { weight: 1 } },
    { streamId: '2', owner: 'home', load: { weight: 1 } },
    { streamId: '3', owner: 'home', load: { weight: 1 } },
    { streamId: '4', owner: 'home', load: { weight: 1 }, enabled: false },
    { streamId: '5', owner: 'home', load: { weight: 1 } },
  ],
  moves: [{ streamId: '5', from: 'home', to: 'home' }],
};

describe('moves that were planned earlier', () => {
  it.each([
    ['2', 'one-free', []],
    ['2', 'full', ['capacity streams']],
    ['2', 'closed', ['cordoned']],
    ['4', 'one-free', ['disabled']],
    ['5', 'one-free', ['moving']],
    ['9', 'one-free', ['unknown stream']],
    ['2', 'nobody', ['unknown instance']],
  ])('of %s to %s are forbidden by %j', (streamId, to, reasons) => {
    const wanted = [{ streamId, to }];
    expect(checkMoves(snapshot, defaultPlannerSettings, wanted)).toEqual([reasons]);
  });

  it('count for those after them', () => {
    const wanted = ['2', '3'].map((streamId) => ({ streamId, to: 'one-free' }));
    const found = checkMoves(snapshot, defaultPlannerSettings, wanted);
    expect(found).toEqual([[], ['capacity streams']]);
  });
});
