import { until } from '@weir/testing';
import { TestApi } from '../api.test-support';
import { TestInstance, TestStreams } from '../instances/instance.test-support';
import { TestWatch } from './watch.test-support';

let api: TestApi;
let streams: TestStreams;
let fleet: string;
let counter = 0;
const open: TestWatch[] = [];

beforeAll(async () => {
  api = await TestApi.start('watch');
}, 60_000);
afterAll(() => api?.close());

beforeEach(async () => {
  fleet = `fleet-${(counter += 1)}`;
  streams = await TestStreams.inFleet(api, fleet);
});
afterEach(() => open.splice(0).forEach((watch) => watch.close()));

async function registered(serverId = 'one'): Promise<TestInstance> {
  const instance = new TestInstance(api, fleet, serverId);
  await instance.register();
  return instance;
}

async function watching(instance: TestInstance, at = api): Promise<TestWatch> {
  const watch = await TestWatch.open(instance, at);
  open.push(watch);
  return watch;
}

describe('watching', () => {
  it('tells of a change within a second of its commit', async () => {
    const instance = await registered();
    const watch = await watching(instance);
    await until('it is connected', () => watch.comments.length > 0);
    const before = performance.now();
    const [granted] = await streams.give('one', 1);
    const { event, data, atMs } = await watch.event(0);
    expect(event).toBe('changes');
    expect(atMs - before).toBeLessThan(1_000);
    expect(data.changes).toMatchObject([
      { streamId: granted!.streamId, epoch: granted!.epoch, desired: 'run' },
    ]);
    expect(data.revision).toBeGreaterThan(instance.seenRevision);
  });

  it('begins with what the instance has not seen', async () => {
    const instance = await registered();
    await streams.give('one', 2);
    const watch = await watching(instance);
    expect((await watch.event(0)).data.changes).toHaveLength(2);
  });

  it('tells of many large streams at once, in one event of several MiB', async () => {
    const instance = await registered();
    const watch = await watching(instance);
    await until('it is connected', () => watch.comments.length > 0);
    const streamIds = await streams.add(300);
    const large = JSON.stringify({ note: 'x'.repeat(12_000) });
    await api.database.control.query(
      'update streams set config = $2 where stream_id = any($1::bigint[])',
      [streamIds, large],
    );
    await streams.place('one', streamIds);
    await until('all have come', () => countChanges(watch) === 300);
    expect(watch.events).toHaveLength(1);
  });

  it('tells each change once, in order, and ends where the heartbeat is', async () => {
    const instance = await registered();
    const watch = await watching(instance);
    const granted = [];
    for (let round = 0; round < 5; round += 1) granted.push(...(await streams.give('one', 2)));
    await until('all have come', () => countChanges(watch) === 10);
    const told = watch.events.flatMap(({ data }) => data.changes.map((c) => c.streamId));
    expect(told).toEqual(granted.map(({ streamId }) => streamId));
    const revisions = watch.events.map(({ data }) => data.revision);
    expect(revisions).toEqual([...revisions].sort((a, b) => a - b));
    instance.seenRevision = revisions.at(-1) ?? 0;
    expect((await instance.beat()).body.changes).toBeUndefined();
  });

  it('ends when what the instance has seen is of another generation, and tells it nothing', async () => {
    const instance = await registered();
    const watch = await watching(instance);
    await until('it is connected', () => watch.comments.length > 0);
    await api.database.control.query(
      'update fleet_revisions set revision = revision + (1::bigint << 40)',
    );
    await streams.give('one', 1);
    await watch.ended();
    expect(watch.events).toEqual([]);
  });

  it('says nothing of the changes of others', async () => {
    const [one, two] = [await registered('one'), await registered('two')];
    const [first, second] = [await watching(one), await watching(two)];
    await streams.give('two', 1);
    await second.event(0);
    await streams.give('one', 1);
    await first.event(0);
    expect([first.events.length, second.events.length]).toEqual([1, 1]);
  });

  it('reaches an instance that watches another replica', async () => {
    const other = await TestApi.start('other', api);
    const instance = await registered();
    const watch = await watching(instance, other);
    await until('it is connected', () => watch.comments.length > 0);
    await streams.give('one', 1);
    expect((await watch.event(0)).data.changes).toHaveLength(1);
    await other.close();
  });

  it('goes on after the listening connection was lost, and nothing is missed', async () => {
    const instance = await registered();
    const watch = await watching(instance);
    await until('it is connected', () => watch.comments.length > 0);
    await api.database.control.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and application_name like '%:listen'`,
    );
    await streams.give('one', 1);
    expect((await watch.event(0)).data.changes).toHaveLength(1);
  });

  it('keeps proxies from holding events back', async () => {
    const watch = await watching(await registered());
    expect(watch.response.headers.get('content-type')).toContain('text/event-stream');
    expect(watch.response.headers.get('x-accel-buffering')).toBe('no');
    expect(watch.response.headers.get('x-request-id')).toBeTruthy();
    expect(watch.response.headers.get('content-encoding')).toBeNull();
  });
});

describe('the end of a watch', () => {
  it('is told to an incarnation that was fenced by a later one', async () => {
    const watch = await watching(await registered());
    await registered();
    expect((await watch.event(0)).event).toBe('fenced');
    await watch.ended();
  });

  it('is told to an incarnation whose lease was taken over', async () => {
    const watch = await watching(await registered());
    await streams.change(async (change) => {
      await change.sql.query('update instance_leases set fenced = true where fleet_id = $1', [
        streams.fleetId,
      ]);
      change.touch('one');
    });
    expect((await watch.event(0)).event).toBe('fenced');
    await watch.ended();
  });

  it('comes when the same instance watches again', async () => {
    const instance = await registered();
    const first = await watching(instance);
    await until('it is connected', () => first.comments.length > 0);
    const second = await watching(instance);
    await first.ended();
    await streams.give('one', 1);
    expect((await second.event(0)).event).toBe('changes');
  });

  it('comes cleanly when the replica stops', async () => {
    const other = await TestApi.start('stopping', api);
    const watch = await watching(await registered(), other);
    await until('it is connected', () => watch.comments.length > 0);
    await other.close();
    await watch.ended();
  });
});

describe('a watch that cannot begin', () => {
  async function statusFor(instance: TestInstance): Promise<number> {
    return (await watching(instance)).response.status;
  }

  it('is refused to an incarnation that is over, and to an unknown instance', async () => {
    const first = await registered();
    await registered();
    expect(await statusFor(first)).toBe(409);
    expect(await statusFor(new TestInstance(api, fleet, 'nobody'))).toBe(404);
  });

  it('is refused when its query is incomplete or no number', async () => {
    const path = `/v1/fleets/${fleet}/instances/one/watch`;
    const answer = await api.get(`${path}?seenRevision=1e3`, { key: api.keys.instance });
    expect(answer.status).toBe(400);
    expect(new Set(answer.body.errors?.map(({ path }) => path))).toEqual(
      new Set(['incarnation', 'seenRevision']),
    );
  });
});

function countChanges(watch: TestWatch): number {
  return watch.events.reduce((sum, { data }) => sum + data.changes.length, 0);
}
