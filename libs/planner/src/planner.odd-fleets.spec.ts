import type { StreamView } from './index';
import { explain } from './index';
import {
  apply,
  CONTEXT,
  instance,
  planFor,
  settle,
  stepsOf,
  stream,
  streams,
  unlimited,
} from './fleet.test-support';

describe('one absurd number', () => {
  it('of a resource makes nobody else larger', () => {
    const cores = { streams: 1_000, cpuCores: 16 };
    const snapshot = {
      instances: Array.from({ length: 40 }, (_, at) => instance(`s${at}`, { capacity: cores })),
      streams: [
        ...Array.from({ length: 2_000 }, (_, at) =>
          stream(String(at), { owner: `s${at % 41}`, load: { weight: 1, cpuCores: 0.2 } }),
        ),
        stream('absurd', { load: { weight: 1, cpuCores: 1e11 } }),
      ],
    };
    const planned = planFor(snapshot);
    expect(planned.unplaced).toEqual([
      { streamId: 'absurd', reasons: { 'capacity cpuCores': 40 } },
    ]);
    expect(planned.after.violations).toBe(0);
    expect(planned.after.peak).toBeLessThan(0.7);
  });

  it('of weight, performance or priority stops nobody', () => {
    const snapshot = {
      instances: [instance('a', { performance: Number.NaN }), instance('b')],
      streams: [
        ...streams(1, 10),
        stream('20', { weight: 1e300 }),
        stream('21', { priority: Number.NaN }),
      ],
    };
    const planned = planFor(snapshot);
    expect(planned.placements).toHaveLength(12);
    expect(Number.isFinite(planned.after.peak)).toBe(true);
  });

  it('is no second instance of one name', () => {
    const twice = instance('a');
    expect(() => planFor({ instances: [twice, twice], streams: [] })).toThrow(RangeError);
  });
});

describe('labels', () => {
  it('never pass for each other, whatever characters they hold', () => {
    const odd = stream('1', { requires: { k: 'v\u0001k2\u0000w' } });
    const labels = { k: 'v', k2: 'w' };
    const planned = planFor({
      instances: [instance('a', { labels })],
      streams: [stream('0', { requires: labels }), odd],
    });
    expect(planned.placements.map((step) => step.streamId)).toEqual(['0']);
  });

  it('that few instances have are served first, whether few streams are placed or many', () => {
    for (const size of [1, 40]) {
      const capacity = { streams: 4 * size };
      const snapshot = {
        instances: [
          instance('a', { capacity, labels: { region: 'us' } }),
          instance('b', { capacity }),
        ],
        streams: [
          ...streams(1, 4 * size).map((view) => ({ ...view, load: { weight: 2 } })),
          ...streams(1_000, 3 * size, { requires: { region: 'us' } }),
        ],
      };
      expect(planFor(snapshot).unplaced).toEqual([]);
    }
  });
});

describe('making room', () => {
  it('goes on to a stream that it helps behind many for which there is none', () => {
    const capacity = { streams: 50, cpuCores: 10 };
    const cores = (
      streamId: string,
      cpuCores: number,
      more: Partial<StreamView> = {},
    ): StreamView => stream(streamId, { load: { weight: 1, cpuCores }, ...more });
    const instances = ['a', 'b', 'c', 'd'].map((serverId) => instance(serverId, { capacity }));
    const small = instances.flatMap(({ serverId }, at) =>
      Array.from({ length: 9 }, (_, of) => cores(`${at}${of}`, 1, { owner: serverId })),
    );
    const large = Array.from({ length: 40 }, (_, at) => cores(`large-${at}`, 10));
    const settled = settle({ instances, streams: [...small, ...large, cores('wanted', 2)] });
    expect(settled.streams.find((view) => view.streamId === 'wanted')?.owner).toBeDefined();
  });
});

describe('a zone that comes back', () => {
  const zones = ['z1', 'z1', 'z2', 'z2', 'z3', 'z3'];
  const instances = zones.map((zone, at) => instance(`s${at}`, { zone }));
  const members = [0, 1, 2].map((at) =>
    stream(String(at), { spreadGroup: 'g', owner: `s${at % 2}` }),
  );

  it('gets its part of a spread group again, one member after the other', () => {
    const settled = settle({ instances, streams: members.slice(0, 2) });
    const owners = settled.streams.map((view) => zones[Number(view.owner?.slice(1))]);
    expect(new Set(owners).size).toBe(2);
    const [step] = planFor({ instances, streams: members.slice(0, 2) }).moves;
    expect(step).toMatchObject({ reason: 'spread', gain: 1 });
  });

  it('moves nothing when no other zone has room for a member', () => {
    const closed = instances.map((view) =>
      view.zone === 'z1' ? view : { ...view, status: 'cordoned' as const },
    );
    expect(stepsOf(planFor({ instances: closed, streams: members.slice(0, 2) }))).toEqual([]);
  });
});

describe('a newcomer among unequal instances', () => {
  it('moves nothing between old ones, although it lowers the mean', () => {
    const sizes = [200, 50];
    const old = sizes.map((size, at) => instance(`s${at}`, { capacity: { streams: size } }));
    const before = settle({
      instances: old,
      streams: Array.from({ length: 17 }, (_, at) =>
        stream(String(at), { weight: 1 + ((at * 7) % 5) * 2 }),
      ),
    });
    const joined = [...old, instance('new', { capacity: { streams: 100 } })];
    const planned = planFor({ ...before, instances: joined });
    expect(planned.moves.length).toBeGreaterThan(0);
    for (const step of planned.moves) expect(step.to).toBe('new');
    expect(apply({ ...before, instances: joined }, planned).streams).toHaveLength(17);
  });
});

describe('explain of a stream that must leave', () => {
  it('says why, and measures instances as placing does, not as balancing', () => {
    const snapshot = {
      instances: [instance('a', { status: 'draining' }), instance('b'), instance('c')],
      streams: [
        stream('1', { owner: 'a', lastMovedAt: CONTEXT.now - 1_000 }),
        stream('2', { owner: 'c' }),
      ],
    };
    const off = { ...unlimited, balanceEnabled: false };
    const why = explain(snapshot, off, '1', CONTEXT);
    expect(why.mustLeave).toBe('drain');
    expect(why.instances.map((one) => one.obstacles.map(({ rule }) => rule))).toEqual([
      [],
      [],
      ['notBest'],
    ]);
    expect(planFor(snapshot, off).moves).toMatchObject([{ streamId: '1', to: 'b' }]);
    expect(explain(snapshot, off, '2', CONTEXT).mustLeave).toBeUndefined();
  });
});
