import { defaultPlannerSettings, plan } from './index';
import {
  apply,
  CONTEXT,
  instance,
  loadsOf,
  planFor,
  settle,
  stepsOf,
  stream,
  streams,
  unlimited,
} from './fleet.test-support';

const three = [instance('a'), instance('b'), instance('c')];

describe('placing', () => {
  it('spreads equal streams evenly over equal instances', () => {
    const snapshot = { instances: three, streams: streams(1, 30) };
    const planned = planFor(snapshot);
    expect(loadsOf(apply(snapshot, planned))).toEqual({ a: 10, b: 10, c: 10 });
    expect(planned.placements[0]).toMatchObject({ reason: 'orphaned', gain: 1, cost: 0 });
    expect(planned.after).toMatchObject({ peak: 0.1, mean: 0.1, spread: 0, balance: 1 });
  });

  it('gives an instance twice as large, or twice as well, twice the load', () => {
    const instances = [
      instance('a', { capacity: { streams: 200 } }),
      instance('b'),
      instance('c', { capacity: { streams: 200 }, performance: 0.5 }),
    ];
    const snapshot = { instances, streams: streams(1, 40) };
    expect(loadsOf(apply(snapshot, planFor(snapshot)))).toEqual({ a: 20, b: 10, c: 10 });
  });

  it('balances by weight, while streams are what is limited', () => {
    const instances = [instance('a', { capacity: { streams: 2 } }), instance('b')];
    const snapshot = {
      instances,
      streams: streams(1, 3).map((it) => ({ ...it, load: { weight: 500 } })),
    };
    expect(planFor(snapshot).unplaced).toEqual([]);
  });

  it('limits weight too where the capacity names it', () => {
    const instances = [instance('a', { capacity: { streams: 10, weight: 4 } })];
    const planned = planFor({
      instances,
      streams: [stream('1', { weight: 3 }), stream('2', { weight: 2 })],
    });
    expect(planned.placements.map((step) => step.streamId)).toEqual(['1']);
    expect(planned.unplaced).toEqual([{ streamId: '2', reasons: { 'capacity weight': 1 } }]);
  });

  it('gives the last room to the higher priority, then to the larger stream', () => {
    const planned = planFor({
      instances: [instance('a', { capacity: { streams: 2 } })],
      streams: [
        stream('1', { priority: 1, weight: 9 }),
        stream('2', { priority: 9, weight: 1 }),
        stream('3', { weight: 1 }),
        stream('4', { weight: 2 }),
      ],
    });
    expect(planned.placements.map((step) => step.streamId)).toEqual(['2', '4']);
    expect(planned.unplaced.map((one) => one.streamId)).toEqual(['3', '1']);
  });

  it('looks at the scarcest resource, not at weight alone', () => {
    const capacity = { streams: 100, cpuCores: 8 };
    const snapshot = {
      instances: [instance('a', { capacity }), instance('b', { capacity })],
      streams: [
        { streamId: '1', load: { weight: 1, cpuCores: 6 }, owner: 'a' },
        { streamId: '2', load: { weight: 2, cpuCores: 0 }, owner: 'b' },
        { streamId: '3', load: { weight: 1, cpuCores: 2 } },
      ],
    };
    expect(planFor(snapshot).placements).toMatchObject([{ streamId: '3', to: 'b' }]);
  });

  it('keeps a spread group apart, evenly over zones', () => {
    const zoned = ['a', 'b', 'c', 'd', 'e', 'f'].map((serverId, at) =>
      instance(serverId, { zone: at < 4 ? 'one' : 'two' }),
    );
    const group = streams(1, 4, { spreadGroup: 'g' });
    const owners = planFor({ instances: zoned, streams: group }).placements.map((step) => step.to);
    expect(new Set(owners).size).toBe(4);
    expect(owners.filter((owner) => owner >= 'e')).toHaveLength(2);
  });

  it('goes back to where a stream failed only when nothing else fits', () => {
    const failed = [stream('1', { failedOn: ['a', 'b'] })];
    expect(planFor({ instances: three, streams: failed }).placements[0]?.to).toBe('c');
    const without = three.slice(0, 2);
    expect(planFor({ instances: without, streams: failed }).placements).toHaveLength(1);
  });

  it('says what ruled out how many instances', () => {
    const planned = planFor({
      instances: [
        instance('a', { labels: { region: 'us' } }),
        instance('b', { labels: { region: 'us' } }),
        instance('c', { labels: { region: 'eu' }, capacity: { streams: 0 } }),
        instance('d', { labels: { region: 'eu' }, status: 'cordoned' }),
        instance('e', { labels: { region: 'eu', disk: 'slow' } }),
      ],
      streams: [stream('1', { requires: { region: 'eu' }, avoid: { disk: 'slow' } })],
    });
    expect(planned.unplaced).toEqual([
      {
        streamId: '1',
        reasons: {
          'avoids disk=slow': 1,
          'capacity streams': 1,
          cordoned: 1,
          'label region=eu': 2,
        },
      },
    ]);
  });

  it('says so when there is no instance at all', () => {
    const planned = planFor({ instances: [], streams: streams(1, 1) });
    expect(planned.unplaced).toEqual([{ streamId: '1', reasons: { 'no instance': 0 } }]);
    expect(planned.after).toMatchObject({ peak: 0, mean: 0, balance: 1, unplaced: 1 });
  });

  it('takes a load that is not a number for none, and goes on', () => {
    const broken = [stream('1', { weight: Number.NaN }), stream('2', { weight: -3 }), stream('3')];
    expect(planFor({ instances: three, streams: broken }).placements).toHaveLength(3);
  });

  it('never places what is disabled', () => {
    const planned = planFor({ instances: three, streams: streams(1, 2, { enabled: false }) });
    expect([stepsOf(planned), planned.unplaced]).toEqual([[], []]);
  });
});

describe('mending', () => {
  it('places the streams of a lost and of an unknown instance, and tells from where', () => {
    const planned = planFor({
      instances: [instance('a', { status: 'lost' }), instance('b')],
      streams: [stream('1', { owner: 'a' }), stream('2', { owner: 'gone' }), stream('3')],
    });
    expect(planned.moves).toEqual([]);
    expect(planned.placements).toMatchObject([
      { streamId: '1', from: 'a', to: 'b', reason: 'failover' },
      { streamId: '2', from: 'gone', to: 'b', reason: 'failover' },
      { streamId: '3', to: 'b', reason: 'orphaned' },
    ]);
    expect(planned.placements[2]).not.toHaveProperty('from');
  });

  it('gives room to streams that run nowhere before those that only have to leave', () => {
    const planned = planFor({
      instances: [
        instance('a', { status: 'draining' }),
        instance('b', { capacity: { streams: 1 } }),
      ],
      streams: [stream('1', { owner: 'a', priority: 9 }), stream('2', { priority: 1 })],
    });
    expect(stepsOf(planned)).toMatchObject([{ streamId: '2', to: 'b' }]);
  });

  it('moves what its constraints forbid, and nothing else', () => {
    const planned = planFor({
      instances: [instance('a'), instance('b', { labels: { region: 'eu' } })],
      streams: [
        stream('1', { owner: 'a', requires: { region: 'eu' } }),
        stream('2', { owner: 'a' }),
        stream('3', { owner: 'b', avoid: { region: 'eu' } }),
        stream('4', { owner: 'b' }),
      ],
    });
    expect(planned.before.violations).toBe(2);
    expect(planned.after.violations).toBe(0);
    expect(planned.moves).toMatchObject([
      { streamId: '1', from: 'a', to: 'b', reason: 'constraint' },
      { streamId: '3', from: 'b', to: 'a', reason: 'constraint' },
    ]);
  });

  it('takes as little as suffices from an instance above its limit, low priority first', () => {
    const planned = planFor({
      instances: [instance('a', { capacity: { streams: 2 } }), instance('b'), instance('c')],
      streams: [
        stream('1', { owner: 'a', priority: 9 }),
        stream('2', { owner: 'a', priority: 1 }),
        stream('3', { owner: 'a', priority: 5 }),
      ],
    });
    expect(planned.moves[0]).toMatchObject({ streamId: '2', from: 'a', reason: 'capacity' });
    expect(planned.moves.filter((step) => step.reason === 'capacity')).toHaveLength(1);
  });

  it('parts two of a spread group', () => {
    const planned = planFor({
      instances: three.slice(0, 2),
      streams: streams(1, 2, { owner: 'a', spreadGroup: 'g' }),
    });
    expect(planned.moves).toMatchObject([{ streamId: '2', from: 'a', to: 'b', reason: 'spread' }]);
  });

  it('shifts a small stream to make room for a large one, which the next plan places', () => {
    const capacity = { streams: 10, memoryMb: 100 };
    const memory = (streamId: string, memoryMb: number, owner?: string) => ({
      streamId,
      load: { weight: 1, memoryMb },
      ...(owner === undefined ? {} : { owner }),
    });
    const snapshot = {
      instances: [instance('a', { capacity }), instance('b', { capacity })],
      streams: [
        memory('1', 40, 'a'),
        memory('2', 30, 'a'),
        memory('3', 40, 'b'),
        memory('4', 20, 'b'),
        memory('large', 60),
      ],
    };
    const first = planFor(snapshot);
    expect(first.moves).toMatchObject([{ reason: 'makeRoom' }]);
    expect(first.unplaced).toMatchObject([{ streamId: 'large' }]);
    const underWay = first.moves.map(({ streamId, from, to }) => ({ streamId, from: from!, to }));
    expect(planFor({ ...snapshot, moves: underWay }).moves).toEqual([]);
    const second = planFor(apply(snapshot, first));
    expect(second.placements).toMatchObject([{ streamId: 'large' }]);
    expect(second.unplaced).toEqual([]);
  });
});

describe('balancing', () => {
  const uneven = {
    instances: three.slice(0, 2),
    streams: [...streams(1, 30, { owner: 'a' }), ...streams(31, 10, { owner: 'b' })],
  };

  it('moves the hot end into the band, no further', () => {
    const planned = planFor(uneven);
    const { a = 0, b = 0 } = loadsOf(apply(uneven, planned));
    expect(planned.moves[0]).toMatchObject({ from: 'a', to: 'b', reason: 'balance' });
    expect(a - b).toBeLessThanOrEqual(4);
    expect(planned.moves.length).toBeLessThanOrEqual(10);
    expect(stepsOf(planFor(apply(uneven, planned)))).toEqual([]);
  });

  it('does nothing within the absolute band, however large that is of the mean', () => {
    const idle = {
      ...uneven,
      streams: [...streams(1, 3, { owner: 'a' }), ...streams(4, 1, { owner: 'b' })],
    };
    expect(stepsOf(planFor(idle))).toEqual([]);
  });

  it('does nothing within the relative band, however large that is of capacity', () => {
    const close = {
      ...uneven,
      streams: [...streams(1, 54, { owner: 'a' }), ...streams(55, 46, { owner: 'b' })],
    };
    expect(stepsOf(planFor(close))).toEqual([]);
  });

  it('does nothing when it is switched off', () => {
    expect(stepsOf(planFor(uneven, { ...unlimited, balanceEnabled: false }))).toEqual([]);
  });

  it('leaves streams that moved a moment ago where they are', () => {
    const lastMovedAt = CONTEXT.now - defaultPlannerSettings.cooldownMs + 1;
    const resting = { ...uneven, streams: uneven.streams.map((it) => ({ ...it, lastMovedAt })) };
    expect(stepsOf(planFor(resting))).toEqual([]);
  });

  it('fills a joining instance from the hottest ones up to the mean', () => {
    const snapshot = {
      instances: [...three, instance('new')],
      streams: ['a', 'b', 'c'].flatMap((owner, at) => streams(1 + 40 * at, 40, { owner })),
    };
    const planned = planFor(snapshot);
    expect(loadsOf(apply(snapshot, planned))).toEqual({ a: 30, b: 30, c: 30, new: 30 });
    expect(planned.moves).toHaveLength(30);
    expect(planned.moves[0]).toMatchObject({ to: 'new', reason: 'join' });
  });

  it('uses a joining instance even in a fleet that is nearly idle', () => {
    const snapshot = { instances: three.slice(0, 2), streams: streams(1, 4, { owner: 'a' }) };
    expect(loadsOf(apply(snapshot, planFor(snapshot)))).toEqual({ a: 2, b: 2 });
  });

  it('fills a joining instance whose labels part it from a hotter half of the fleet', () => {
    const at = (region: string) => ({ labels: { region } });
    const snapshot = {
      instances: [instance('a', at('eu')), instance('b', at('us')), instance('new', at('us'))],
      streams: [
        ...streams(1, 90, { owner: 'a', requires: { region: 'eu' } }),
        ...streams(91, 20, { owner: 'b', requires: { region: 'us' } }),
      ],
    };
    expect(loadsOf(apply(snapshot, planFor(snapshot)))).toEqual({ a: 90, b: 10, new: 10 });
  });

  it('counts a move under way at both ends and leaves its stream alone', () => {
    const capacity = { streams: 1 };
    const snapshot = {
      instances: [instance('a', { capacity }), instance('b', { capacity })],
      streams: [stream('1', { owner: 'a' }), stream('2')],
      moves: [{ streamId: '1', from: 'a', to: 'b' }],
    };
    const planned = planFor(snapshot);
    expect(stepsOf(planned)).toEqual([]);
    expect(planned.unplaced).toEqual([
      { streamId: '2', reasons: { 'capacity streams': 1, 'room is being made': 1 } },
    ]);
  });

  it('stops at the budget and says so, then goes on in the next plan', () => {
    const settings = { ...unlimited, maxMovesPerPlan: 2 };
    const planned = planFor(uneven, settings);
    expect(planned.moves).toHaveLength(2);
    expect(planned.stats.stoppedBy).toBe('budget');
    expect(loadsOf(settle(uneven, settings))).toEqual(loadsOf(settle(uneven)));
  });

  it('lets ties between equal instances fall by the seed', () => {
    const snapshot = { instances: three, streams: streams(1, 1) };
    const chosen = [1, 2, 3, 4, 5, 6, 7, 8].map(
      (seed) => plan(snapshot, unlimited, { now: 0, seed }).placements[0]?.to,
    );
    expect(new Set(chosen).size).toBeGreaterThan(1);
  });
});

describe('scores', () => {
  it('tell how much would find no room without the worst instance or zone', () => {
    const zoned = [
      instance('a', { zone: 'one', capacity: { streams: 10 } }),
      instance('b', { zone: 'one', capacity: { streams: 10 } }),
      instance('c', { zone: 'two', capacity: { streams: 10 } }),
    ];
    const owned = ['a', 'b', 'c'].flatMap((owner, at) => streams(1 + 5 * at, 5, { owner }));
    // Without zone one, 10 of the 15 need room and 5 find it.
    expect(planFor({ instances: zoned, streams: owned }).before.headroomN1).toBeCloseTo(5 / 15);
  });

  it('refuse a snapshot in which two instances have one name', () => {
    expect(() => planFor({ instances: [instance('a'), instance('a')], streams: [] })).toThrow(
      'two instances are called a',
    );
  });
});
