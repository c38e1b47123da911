import { FleetCache } from './fleet.cache';
import { buildSnapshot } from './fleet.snapshot';
import { deltaOf, instanceRow, moveRow, streamRow } from './rows.test-support';

describe('what is known of a fleet between rounds', () => {
  let cache: FleetCache;
  beforeEach(() => {
    cache = new FleetCache();
    cache.apply(deltaOf({ streams: [streamRow('1'), streamRow('2', { serverId: 'a' })] }));
  });

  /** Whether applying the delta is news. */
  function isNews(more: Parameters<typeof deltaOf>[0]): boolean {
    const before = cache.changes;
    cache.apply(deltaOf(more));
    return cache.changes > before;
  }

  const viewOf = (streamId: string) => cache.streams.get(streamId)!.view;

  it('asks for what is newer than it knows, and looks back for late reports', () => {
    expect(new FleetCache().since).toEqual({ revision: -1, loadsSinceMs: 0 });
    expect(cache.since).toEqual({ revision: 1, loadsSinceMs: 995_000 });
  });

  it('takes nothing for news when nothing happened', () => {
    const instances = [instanceRow('a', { heldStreams: 1 }), instanceRow('b')];
    const before = cache.instances.list;
    expect(isNews({ databaseNowMs: 1_001_000, instances })).toBe(false);
    expect(cache.instances.list).toBe(before);
  });

  it.each([
    ['a changed stream', { streams: [streamRow('1', { weight: 2 })] }],
    ['an instance that came', { instances: ['a', 'b', 'c'].map((id) => instanceRow(id)) }],
    ['an instance that went', { instances: [instanceRow('a')] }],
    ['another status', { instances: [instanceRow('a', { status: 'draining' }), instanceRow('b')] }],
    ['that it flaps', { instances: [instanceRow('a', { isFlapping: true }), instanceRow('b')] }],
    ['another limit', { instances: [instanceRow('a', { maxStreams: 5 }), instanceRow('b')] }],
    [
      'a performance that fell',
      { instances: [instanceRow('a', { metrics: { errorRate: 0.2 } }), instanceRow('b')] },
    ],
  ] as const)('takes %s for news', (_name, more) => {
    expect(isNews(more)).toBe(true);
  });

  it('shows the planner what flaps as such, and not once it leaves', () => {
    const flapping = instanceRow('a', { isFlapping: true });
    const leaving = instanceRow('b', { isFlapping: true, status: 'draining' });
    cache.apply(deltaOf({ instances: [flapping, leaving] }));
    expect(cache.instances.list.map(({ status }) => status)).toEqual(['flapping', 'draining']);
  });

  it('takes heartbeats that are missing for news, and those that come again', () => {
    const overdue = instanceRow('b', { isOverdue: true });
    expect(isNews({ instances: [instanceRow('a'), overdue] })).toBe(true);
    expect(isNews({ instances: [instanceRow('a'), overdue] })).toBe(false);
    expect(isNews({ instances: [instanceRow('a'), instanceRow('b')] })).toBe(true);
  });

  it('takes a performance that trembles for no news, however long', () => {
    for (let round = 0; round < 100; round += 1) {
      const errorRate = 0.02 + 0.02 * Math.sin(round);
      const instances = [instanceRow('a', { metrics: { errorRate } }), instanceRow('b')];
      if (round > 0) expect(isNews({ instances })).toBe(false);
      else cache.apply(deltaOf({ instances }));
    }
  });

  it('puts measured load in the place of the weight, when it differs enough', () => {
    expect(isNews({ loads: [{ streamId: '1', load: 4 }] })).toBe(true);
    expect(viewOf('1').load.weight).toBe(4);
    expect(isNews({ loads: [{ streamId: '1', load: 4.3 }] })).toBe(false);
    expect(isNews({ loads: [{ streamId: '1', load: 4.6 }] })).toBe(true);
    cache.apply(deltaOf({ streams: [streamRow('1', { weight: 9 })] }));
    expect(viewOf('1').load.weight).toBe(4.6);
  });

  it('keeps what did not change as the same object', () => {
    const before = viewOf('2');
    cache.apply(deltaOf({ streams: [streamRow('1', { weight: 2 })] }));
    expect(viewOf('2')).toBe(before);
  });

  it('forgets streams that nobody wants and nobody holds', () => {
    cache.apply(deltaOf({ streams: [streamRow('1', { isWanted: false })] }));
    expect(cache.streams.has('1')).toBe(false);
  });

  it('tells moves that reached their target from those that did not', () => {
    cache.apply(deltaOf({ moves: [moveRow(1), moveRow(2, { streamId: '2' })] }));
    const streams = [streamRow('1', { serverId: 'b' })];
    expect(cache.apply(deltaOf({ streams }))).toEqual({ done: 1, aborted: 1 });
  });

  it('notices a database that is behind it', () => {
    expect(cache.isAheadOf(deltaOf({ revision: 0 }))).toBe(true);
    cache.clear();
    expect(cache.since.revision).toBe(-1);
    expect(cache.isAheadOf(deltaOf({ revision: 0 }))).toBe(false);
  });

  it('notices a database that was restored and has counted on above what is known', () => {
    expect(cache.isAheadOf(deltaOf({ revision: 9 }))).toBe(false);
    expect(cache.isAheadOf(deltaOf({ revision: 2 ** 40 + 9 }))).toBe(true);
  });
});

describe('the snapshot that plans are made from', () => {
  function snapshotOf(more: Parameters<typeof deltaOf>[0]): ReturnType<typeof buildSnapshot> {
    const cache = new FleetCache();
    cache.apply(deltaOf(more));
    return buildSnapshot(cache);
  }

  it('has streams without an owner, and those that start or run', () => {
    const { snapshot } = snapshotOf({
      streams: [
        streamRow('1'),
        streamRow('2', { serverId: 'a' }),
        streamRow('3', { serverId: 'b', status: 'starting' }),
      ],
    });
    expect(snapshot.streams.map(({ owner, enabled }) => [owner, enabled])).toEqual([
      [undefined, true],
      ['a', true],
      ['b', true],
    ]);
  });

  it('names the owner that a stream lost, until an instance of that name is back', () => {
    const streams = [streamRow('1', { lostOwner: 'gone' }), streamRow('2')];
    const ownersIn = (instances: ReturnType<typeof instanceRow>[]) =>
      snapshotOf({ streams, instances }).snapshot.streams.map(({ owner }) => owner);
    expect(ownersIn([instanceRow('a')])).toEqual(['gone', undefined]);
    expect(ownersIn([instanceRow('a'), instanceRow('gone', { status: 'lost' })])).toEqual([
      'gone',
      undefined,
    ]);
    expect(ownersIn([instanceRow('a'), instanceRow('gone')])).toEqual([undefined, undefined]);
  });

  describe('with an instance whose heartbeats are missing', () => {
    const overdue = instanceRow('b', { isOverdue: true });
    const statusesWith = (more: Parameters<typeof deltaOf>[0]) =>
      snapshotOf({ instances: [instanceRow('a'), overdue], ...more }).snapshot.instances.map(
        ({ serverId, status }) => `${serverId} ${status}`,
      );
    const lost = [streamRow('1', { lostOwner: 'gone' })];

    it('gives it nothing that another one lost, for it may be lost next', () => {
      expect(statusesWith({ streams: lost })).toEqual(['a ready', 'b cordoned']);
    });

    it('leaves it alone while nothing was lost: one missing heartbeat moves no load', () => {
      expect(statusesWith({ streams: [streamRow('1')] })).toEqual(['a ready', 'b ready']);
    });

    it('takes it all the same when nobody else is left', () => {
      const draining = instanceRow('a', { status: 'draining' });
      const statuses = statusesWith({ streams: lost, instances: [draining, overdue] });
      expect(statuses).toEqual(['a draining', 'b ready']);
    });
  });

  it('leaves out what must not start yet, and says when it may', () => {
    const { snapshot, nextDueAtMs } = snapshotOf({
      streams: [
        streamRow('1', { notBeforeMs: 1_000_500 }),
        streamRow('2', { notBeforeMs: 1_000_200 }),
        streamRow('3', { notBeforeMs: 999_999 }),
      ],
    });
    expect(snapshot.streams.map(({ streamId }) => streamId)).toEqual(['3']);
    expect(nextDueAtMs).toBe(1_000_200);
  });

  it('counts a stream that is being stopped on its owner, and does not plan it', () => {
    const { snapshot } = snapshotOf({
      streams: [
        streamRow('1', { serverId: 'a', status: 'stopping' }),
        streamRow('2', { serverId: 'a', isWanted: false, status: 'stopping' }),
      ],
    });
    expect(snapshot.streams.map(({ owner, enabled }) => [owner, enabled])).toEqual([
      ['a', false],
      ['a', false],
    ]);
  });

  it('counts a moving stream at both ends until its target was granted it', () => {
    const { snapshot } = snapshotOf({
      streams: [
        streamRow('1', { serverId: 'a', status: 'stopping' }),
        streamRow('2', { serverId: 'b', status: 'starting' }),
      ],
      moves: [moveRow(1), moveRow(2, { streamId: '2', state: 'starting' })],
    });
    expect(snapshot.streams[0]).toMatchObject({ owner: 'a', enabled: true });
    expect(snapshot.moves).toEqual([
      { streamId: '1', from: 'a', to: 'b' },
      { streamId: '2', to: 'b' },
    ]);
  });

  it('counts an overlapping move at both ends all the time', () => {
    const overlap = { exclusive: false, fromServerId: 'a', toServerId: 'b' };
    const { snapshot } = snapshotOf({
      streams: [streamRow('1', { serverId: 'a' }), streamRow('2', { serverId: 'b' })],
      moves: [
        moveRow(1, { ...overlap, state: 'starting' }),
        moveRow(2, { ...overlap, streamId: '2', state: 'stopping' }),
      ],
    });
    expect(snapshot.moves).toEqual([
      { streamId: '1', from: 'a', to: 'b' },
      { streamId: '2', from: 'a', to: 'b' },
    ]);
  });

  it('counts what an instance still has to stop as room that is taken, and plans none of it', () => {
    const { snapshot } = snapshotOf({
      streams: [streamRow('1', { serverId: 'a', resources: { memoryMb: 512 } })],
      leftovers: [{ streamId: '1', serverId: 'b' }],
    });
    expect(snapshot.streams).toMatchObject([
      { streamId: '1', owner: 'a' },
      { owner: 'b', enabled: false, load: { memoryMb: 512 } },
    ]);
  });
});
