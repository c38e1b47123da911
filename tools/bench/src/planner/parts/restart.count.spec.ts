import type { Plan, Step } from '@weir/planner';
import { RestartCount } from './restart.count';
import { listRestartEvents } from './restart.events';

function planOf(...steps: readonly (readonly [string, string | undefined, string])[]): Plan {
  const moves = steps.map(([streamId, from, to]) => {
    return { streamId, ...(from !== undefined && { from }), to } as Step;
  });
  return { placements: [], moves } as unknown as Plan;
}

describe('a rolling restart', () => {
  it('stops the last instance first, and starts it again before the next one stops', () => {
    const events = listRestartEvents('stopFirst', 2, 10);
    expect(events.map(({ kind, view }) => `${kind} ${view.serverId} ${view.status}`)).toEqual([
      'instance.draining instance-1 draining',
      'instance.left instance-1 ready',
      'instance.ready instance-1 ready',
      'instance.draining instance-0 draining',
      'instance.left instance-0 ready',
      'instance.ready instance-0 ready',
    ]);
  });

  it('starts another instance before each one stops, when it is to start first', () => {
    const events = listRestartEvents('startFirst', 2, 10);
    expect(events.map(({ kind, view }) => `${kind} ${view.serverId}`)).toEqual([
      'instance.ready instance-2',
      'instance.draining instance-0',
      'instance.left instance-0',
      'instance.ready instance-3',
      'instance.draining instance-1',
      'instance.left instance-1',
    ]);
  });

  it('counts what leaves, what fills, and everything else as balancing', () => {
    const [draining, left, ready] = listRestartEvents('stopFirst', 3, 10);
    const count = new RestartCount(Float64Array.of(1, 2, 3, 4));
    count.add(draining!, [planOf(['1', 'instance-2', 'instance-0'])]);
    count.add(left!, [planOf(['2', 'instance-2', 'instance-1'])]);
    count.add(ready!, [
      planOf(['1', 'instance-0', 'instance-2']),
      planOf(['4', 'instance-0', 'instance-1'], ['3', 'instance-2', 'instance-1']),
    ]);
    expect(count.shares()).toEqual({
      leaving: { perStream: 0.5, perLoad: 0.3 },
      filling: { perStream: 0.25, perLoad: 0.1 },
      balancing: { perStream: 0.5, perLoad: 0.7 },
    });
  });
});
