import type { FleetSnapshot, InstanceView, Plan, Step, StreamView } from '@weir/planner';
import { countViolations, sumOf } from './constraint.checker';

function instance(serverId: string, more: Partial<InstanceView> = {}): InstanceView {
  return { serverId, status: 'ready', capacity: { streams: 2 }, ...more };
}

function stream(streamId: string, more: Partial<StreamView> = {}): StreamView {
  return { streamId, load: { weight: 1 }, ...more };
}

function planOf(...steps: readonly (readonly [string, string])[]): Plan {
  const placements = steps.map(([streamId, to]): Step => ({
    streamId,
    to,
    reason: 'orphaned',
    gain: 1,
    cost: 0,
  }));
  return { placements, moves: [] } as unknown as Plan;
}

function check(snapshot: FleetSnapshot, plan: Plan): Record<string, number> {
  const counted = Object.entries(countViolations(snapshot, plan));
  return Object.fromEntries(counted.filter(([, count]) => count > 0));
}

describe('the checker of constraints', () => {
  it('finds nothing wrong with a right plan', () => {
    const snapshot = { instances: [instance('a')], streams: [stream('1'), stream('2')] };
    const right = planOf(['1', 'a'], ['2', 'a']);
    expect(check(snapshot, right)).toEqual({});
    expect(sumOf(countViolations(snapshot, right))).toBe(0);
  });

  it('finds what was left without an owner, and what a lost one owns', () => {
    const instances = [instance('a'), instance('b', { status: 'lost' })];
    const streams = [stream('1'), stream('2', { owner: 'b' }), stream('3', { owner: 'a' })];
    expect(check({ instances, streams }, planOf())).toEqual({ unplaced: 2 });
  });

  it('finds steps to where nothing may go, for unknown streams, and repeated ones', () => {
    const instances = [instance('a'), instance('b', { status: 'draining' })];
    const snapshot = { instances, streams: [stream('1')] };
    expect(check(snapshot, planOf(['1', 'b']))).toEqual({ notReady: 1 });
    expect(check(snapshot, planOf(['1', 'a'], ['1', 'a']))).toEqual({ repeated: 1 });
    expect(check(snapshot, planOf(['1', 'a'], ['9', 'a'], ['8', 'x']))).toEqual({ unknown: 2 });
  });

  it('finds labels that are required and missing, or avoided and there', () => {
    const instances = [instance('a', { labels: { region: 'eu' } })];
    const streams = [
      stream('1', { requires: { region: 'us' } }),
      stream('2', { avoid: { region: 'eu' } }),
    ];
    expect(check({ instances, streams }, planOf(['1', 'a'], ['2', 'a']))).toEqual({ labels: 2 });
  });

  it('finds slots and resources that are exceeded', () => {
    const instances = [instance('a', { capacity: { streams: 2, cpuCores: 1 } })];
    const streams = ['1', '2', '3'].map((id) => stream(id, { load: { weight: 1, cpuCores: 0.5 } }));
    const full = planOf(['1', 'a'], ['2', 'a'], ['3', 'a']);
    expect(check({ instances, streams }, full)).toEqual({ limits: 2 });
    expect(check({ instances, streams }, planOf(['1', 'a'], ['2', 'a']))).toEqual({ unplaced: 1 });
  });

  it('counts a stream at both ends of its move', () => {
    const instances = [instance('a', { capacity: { streams: 1 } }), instance('b')];
    const streams = [stream('1', { owner: 'a' }), stream('2', { owner: 'b' })];
    const swapped = planOf(['1', 'b'], ['2', 'a']);
    expect(check({ instances, streams }, swapped)).toEqual({ limits: 1 });
  });

  it('finds two of a spread group on one instance', () => {
    const streams = [stream('1', { spreadGroup: 'g' }), stream('2', { spreadGroup: 'g' })];
    const snapshot = { instances: [instance('a'), instance('b')], streams };
    expect(check(snapshot, planOf(['1', 'a'], ['2', 'a']))).toEqual({ spread: 1 });
    expect(check(snapshot, planOf(['1', 'a'], ['2', 'b']))).toEqual({});
  });
});
