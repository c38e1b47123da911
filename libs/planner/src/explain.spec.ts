import { defaultPlannerSettings, explain } from './index';
import { instance, stream, streams } from './fleet.test-support';

describe('explain', () => {
  const snapshot = {
    instances: [
      instance('d', { status: 'cordoned', labels: { region: 'us' }, capacity: { streams: 0 } }),
      instance('a', { labels: { region: 'eu' } }),
      instance('b', { labels: { region: 'eu' }, zone: 'two' }),
    ],
    streams: [
      stream('1', { owner: 'a', requires: { region: 'eu' }, failedOn: ['b'], spreadGroup: 'g' }),
      ...streams(2, 9, { owner: 'a' }),
      stream('20', { owner: 'b', weight: 4 }),
    ],
  };

  it('lists every instance by name with all that forbids it, or its score term by term', () => {
    const { instances, owner } = explain(snapshot, defaultPlannerSettings, '1');
    expect(owner).toBe('a');
    expect(instances.map((one) => [one.serverId, one.isOwner, one.forbiddenBy])).toEqual([
      ['a', true, []],
      ['b', false, []],
      ['d', false, ['cordoned', 'label region=eu', 'capacity streams']],
    ]);
    expect(instances[1]?.score).toEqual({
      utilisationWithout: 0.04,
      utilisationWith: 0.05,
      groupInZone: 0,
      hasFailedThere: true,
      gain: expect.closeTo(0.01),
      cost: expect.closeTo(0.001),
    });
    expect(instances[0]?.score).toMatchObject({ utilisationWith: 0.1, gain: 0 });
    expect(instances[2]).not.toHaveProperty('score');
  });

  it('tells the band within which nothing is moved', () => {
    const { instances } = explain(snapshot, defaultPlannerSettings, '1');
    const band = {
      mean: expect.closeTo(0.07),
      hotAbove: expect.closeTo(0.09),
      coldBelow: expect.closeTo(0.05),
    };
    expect(instances.map((one) => one.band)).toEqual([band, band, undefined]);
  });

  it('names a spread group that stands in the way', () => {
    const crowded = {
      instances: snapshot.instances,
      streams: [...snapshot.streams, stream('30', { spreadGroup: 'g' })],
    };
    const [first] = explain(crowded, defaultPlannerSettings, '30').instances;
    expect(first?.forbiddenBy).toEqual(['spread group g']);
  });

  it('refuses a stream that the snapshot does not have', () => {
    expect(() => explain(snapshot, defaultPlannerSettings, '99')).toThrow(RangeError);
  });
});
