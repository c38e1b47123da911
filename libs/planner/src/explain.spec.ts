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

  it('says of each instance what would have to change for the stream to go there', () => {
    const { instances } = explain(snapshot, defaultPlannerSettings, '1');
    const said = instances.map((one) => one.obstacles.map(({ rule, change }) => [rule, change]));
    expect(said).toEqual([
      [],
      [['failed', 'it failed there: everything else that fits comes first']],
      [
        ['forbidden', 'the instance is cordoned; it would have to be ready'],
        ['forbidden', 'the instance would need the label region=eu'],
        ['forbidden', '1 more of its 0 streams would have to be free'],
      ],
    ]);
  });

  it('measures what is missing: time, band, gain, room', () => {
    const fleet = {
      instances: [
        instance('a', { capacity: { streams: 10, cpuCores: 4 } }),
        instance('b', { capacity: { streams: 10, cpuCores: 4 } }),
        instance('c', { capacity: { streams: 10, cpuCores: 1 } }),
      ],
      streams: [
        stream('1', { owner: 'a', load: { weight: 1, cpuCores: 1.5 }, lastMovedAt: 100_000 }),
        stream('2', { owner: 'b', load: { weight: 1, cpuCores: 1.5 } }),
      ],
    };
    const wide = { ...defaultPlannerSettings, relativeBand: 0.2 };
    const { instances } = explain(fleet, wide, '1', { now: 130_000 });
    expect(instances[1]?.obstacles).toEqual([
      { rule: 'cooldown', change: expect.stringContaining('30 s'), missing: 30_000 },
      { rule: 'band', change: expect.stringContaining('37.5 %'), missing: expect.any(Number) },
      { rule: 'gain', change: expect.stringContaining('37.5 %'), missing: expect.any(Number) },
    ]);
    expect(instances[2]?.obstacles).toEqual([
      {
        rule: 'forbidden',
        change: '0.5 more cpuCores would have to be free there',
        missing: expect.closeTo(0.5),
      },
    ]);
  });

  it('names what balancing would need when it is switched off', () => {
    const settings = { ...defaultPlannerSettings, balanceEnabled: false };
    const { instances } = explain(snapshot, settings, '2');
    expect(instances[1]?.obstacles[0]?.rule).toBe('balanceOff');
  });

  it('says which instance comes first for a stream that runs nowhere', () => {
    const fleet = { ...snapshot, streams: [...snapshot.streams, stream('40')] };
    const { instances } = explain(fleet, defaultPlannerSettings, '40');
    expect(instances.map((one) => one.obstacles.map(({ rule }) => rule))).toEqual([
      ['notBest'],
      [],
      ['forbidden', 'forbidden'],
    ]);
    expect(instances[0]?.obstacles[0]).toMatchObject({ missing: expect.closeTo(0.06) });
  });

  it('refuses a stream that the snapshot does not have', () => {
    expect(() => explain(snapshot, defaultPlannerSettings, '99')).toThrow(RangeError);
  });
});
