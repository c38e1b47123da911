import { writeStreamReports } from '@weir/database';
import { createTestDatabase, until } from '@weir/testing';
import type { TestDatabase } from '@weir/testing';
import { LiveFleet } from './live.fleet.test-support';
import type { HistoryRow } from './live.fleet.test-support';
import { Replica } from './replica.test-support';

jest.setTimeout(60_000);

const STREAMS = 40;
/** Small enough that a few streams more or less are beyond the band that keeps a fleet at rest. */
const ROOM = { maxStreams: 50 };
/** Replicas that look at a settled fleet one after the other, and the rounds of each. */
const FRESH_REPLICAS = 5;
const ROUNDS_OF_EACH = 10;

/** How many events there are of each reason. */
function countReasons(events: readonly HistoryRow[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { detail } of events) {
    const reason = String(detail['reason']);
    counts[reason] = (counts[reason] ?? 0) + 1;
  }
  return counts;
}

describe('why streams are where they are, on a real PostgreSQL', () => {
  let test: TestDatabase;
  let fleetNumber = 0;
  let fleet: LiveFleet;
  let replica: Replica;

  beforeAll(async () => {
    test = await createTestDatabase('reasons');
  });
  beforeEach(async () => {
    fleetNumber += 1;
    fleet = await LiveFleet.create(test.database, `reasons-${fleetNumber}`);
    replica = new Replica(test, fleet.name);
  });
  afterEach(async () => {
    await replica.stop();
    await fleet.close();
  });
  afterAll(() => test.close());

  /** All streams run, no move is under way, and the last plan asked for nothing. */
  async function untilSettled(): Promise<void> {
    const moves = ['move.started', 'move.done', 'move.aborted'];
    await until('the fleet is settled', async () => {
      const running = [...fleet.instances.values()].map((instance) => instance.running.size);
      if (running.reduce((sum, count) => sum + count, 0) !== STREAMS) return false;
      const events = await fleet.history(moves);
      const begun = events.filter(({ kind }) => kind === 'move.started').length;
      const last = replica.observer.rounds.slice(-3);
      return begun * 2 === events.length && last.every((round) => round.planMs === null);
    });
  }

  async function startSettled(serverIds: readonly string[]): Promise<string[]> {
    for (const serverId of serverIds) await fleet.join(serverId, ROOM);
    const streamIds = await fleet.addStreams(STREAMS);
    await untilSettled();
    return streamIds;
  }

  it('an instance that joins is given its share, each move for more than it costs', async () => {
    await startSettled(['a']);
    await fleet.join('b', ROOM);
    await until('b has its share', async () => ((await fleet.counts())['b'] ?? 0) >= 16);
    await untilSettled();
    const done = await fleet.history(['move.done']);
    expect(countReasons(done)).toEqual({ join: (await fleet.counts())['b'] });
    for (const { detail } of done) expect(detail['gain']).toBeGreaterThan(Number(detail['cost']));
  });

  it('nothing moves between the old ones when one joins', async () => {
    await startSettled(['a', 'b', 'c']);
    await fleet.join('d', ROOM);
    await until('d has its share', async () => ((await fleet.counts())['d'] ?? 0) >= 8);
    await untilSettled();
    const begun = await fleet.history(['move.started']);
    expect(countReasons(begun)).toEqual({ join: (await fleet.counts())['d'] });
    expect(new Set(begun.map(({ serverId }) => serverId))).toEqual(new Set(['d']));
  });

  it('an instance that is drained is emptied, and for no other reason', async () => {
    await startSettled(['a', 'b', 'c']);
    await fleet.instances.get('a')!.drain();
    await until('a is empty', async () => !('a' in (await fleet.counts())));
    await untilSettled();
    const done = await fleet.history(['move.done']);
    expect(Object.keys(countReasons(done))).toEqual(['drain']);
    for (const { detail } of done) expect(detail).toMatchObject({ fromServerId: 'a', gain: 1 });
    expect(done.length).toBeGreaterThanOrEqual(Math.floor(STREAMS / 3));
  });

  it('the streams of an instance that is lost fail over', async () => {
    await startSettled(['a', 'b']);
    const before = (await fleet.history(['stream.placed'])).length;
    fleet.instances.get('a')!.kill();
    await fleet.untilCounts({ b: STREAMS });
    const placed = (await fleet.history(['stream.placed'])).slice(before);
    expect(countReasons(placed)).toEqual({ failover: STREAMS / 2 });
    for (const { detail } of placed) expect(detail).toMatchObject({ fromServerId: 'a' });
  });

  it('loads that drifted apart are evened out', async () => {
    await startSettled(['a', 'b']);
    const { fleetId } = fleet;
    const hot = [...fleet.instances.get('a')!.running.keys()];
    await writeStreamReports(
      test.database.control,
      hot.map((streamId) => {
        return { fleetId, streamId, serverId: 'a', load: 2, state: 'running', error: null };
      }),
    );
    await until('b took some', async () => ((await fleet.counts())['b'] ?? 0) > STREAMS / 2);
    await untilSettled();
    const done = await fleet.history(['move.done']);
    expect(Object.keys(countReasons(done))).toEqual(['balance']);
    for (const { detail } of done) expect(detail['gain']).toBeGreaterThan(Number(detail['cost']));
  });

  it('a settled fleet makes no step in many rounds, whoever plans it anew', async () => {
    await startSettled(['a', 'b', 'c']);
    await fleet.set({ reconcileIntervalMs: 20 });
    for (let count = 0; count < FRESH_REPLICAS; count += 1) {
      await replica.stop();
      // It knows nothing of the fleet: its first round plans all of it.
      replica = new Replica(test, fleet.name);
      const { rounds } = replica.observer;
      await until('many rounds went by', () => rounds.length >= ROUNDS_OF_EACH);
      expect(rounds[0]?.planMs).not.toBeNull();
      expect(rounds.filter((round) => round.placed + round.movesStarted > 0)).toEqual([]);
    }
    expect(await fleet.history(['move.started'])).toEqual([]);
    expect(await fleet.history(['stream.placed'])).toHaveLength(STREAMS);
  });
});
