import { EMPTY_DIGEST } from '@weir/domain';
import { until } from '@weir/testing';
import { TestApi } from '../api.test-support';
import { TestInstance, TestStreams } from '../instances/instance.test-support';
import { TestWatch } from '../watch/watch.test-support';
import { DatabaseDoor } from './outage.test-support';

let reachable: TestApi;
let door: DatabaseDoor;
let api: TestApi;

beforeAll(async () => {
  reachable = await TestApi.start('outage');
  door = await DatabaseDoor.open(reachable.database.options);
  api = await TestApi.start('outage', reachable, door.port);
}, 60_000);
afterAll(async () => {
  await api?.close();
  await door?.close();
  await reachable?.close();
});

describe('while the database is away', () => {
  it('calls are told to come back, and everything goes on when it has returned', async () => {
    const instance = new TestInstance(api, 'main', 'one');
    const streams = await TestStreams.inFleet(reachable, 'main');
    await instance.register();
    const watch = await TestWatch.open(instance);
    await until('it is connected', () => watch.comments.length > 0);

    door.shut();
    const refused = await instance.beat();
    expect(refused).toMatchObject({ status: 503, body: { code: 'DATABASE_UNAVAILABLE' } });
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(refused.text).not.toMatch(/ECONN|postgres|127\.0\.0\.1/i);
    expect((await instance.resync([])).status).toBe(503);
    expect((await api.get('/health/liveness', { key: null })).status).toBe(200);
    const [granted] = await streams.give('one', 1);

    door.reopen();
    await until(
      'heartbeats are taken again',
      async () => (await instance.beat()).status === 200,
      20_000,
    );
    const { data } = await watch.event(0, 20_000);
    expect(data.changes.map(({ streamId }) => streamId)).toEqual([granted!.streamId]);
    watch.close();
  }, 60_000);

  it('reads are answered as before, marked as stale; what was never read is not made up', async () => {
    const path = '/v1/fleets/main/assignments?limit=5';
    const fresh = await api.get(path);
    expect(fresh).toMatchObject({ status: 200, body: { next: null } });
    expect(fresh.body).not.toHaveProperty('stale');
    const bound = await reachable.addKey('viewer', 'main');
    expect((await api.get('/v1/fleets/main', { key: bound })).status).toBe(200);

    door.shut();
    const stale = await api.get(path);
    expect(stale.status).toBe(200);
    expect(stale.body).toEqual({ ...(fresh.body as object), stale: true });
    expect(Number(stale.headers.get('x-weir-stale-ms'))).toBeGreaterThanOrEqual(0);
    expect(await api.get('/v1/fleets/main/assignments?limit=6')).toMatchObject({
      status: 503,
      body: { code: 'DATABASE_UNAVAILABLE' },
    });
    expect((await api.get(path, { key: bound })).status).toBe(503);

    door.reopen();
    await until(
      'reads are fresh again',
      async () => !('stale' in ((await api.get(path)).body as object)),
      20_000,
    );
  }, 60_000);

  it('a key that was never read is answered with 503, not refused', async () => {
    const key = await reachable.addKey('instance');
    door.shut();
    const running = { count: 0, digest: EMPTY_DIGEST };
    const body = { incarnation: 1, seenRevision: 0, running };
    const answer = await api.post('/v1/fleets/main/instances/one/heartbeat', body, { key });
    expect(answer).toMatchObject({ status: 503, body: { code: 'DATABASE_UNAVAILABLE' } });
    door.reopen();
  }, 60_000);
});
