import { ensureFleet, findLatestHealth, registerInstance } from '@weir/database';
import type { SystemHealth } from '@weir/domain';
import { until } from '@weir/testing';
import { SmallSystem, wordsOf } from './aggregator.test-support';

jest.setTimeout(60_000);

let system: SmallSystem;
let url: string;
let viewer: string;

beforeAll(async () => {
  system = await SmallSystem.start();
  viewer = await system.createKey('viewer');
  const { fleetId } = await ensureFleet(system.database.control, 'radio');
  const request = { serverId: 'a', host: '127.0.0.1', port: 7080, maxStreams: 10 };
  await registerInstance(system.database.control, fleetId, request, 600_000);
  await system.database.control.query(
    `update fleets set settings = '{"leaseTtlMs": 600000}' where fleet_id = $1`,
    [fleetId],
  );
  url = await system.startAggregator();
}, 120_000);
afterAll(() => system?.stop());

const read = () => system.readHealth(url, viewer);
/** The first answer whose reasons contain these words. */
const untilSaid = async (words: string, timeoutMs?: number): Promise<SystemHealth> => {
  let health = await read();
  const isSaid = async () => wordsOf((health = await read())).includes(words);
  await until(`"${words}" is said`, isSaid, timeoutMs);
  return health;
};
const untilWell = (timeoutMs?: number) =>
  until('all is well', async () => wordsOf(await read()) === '', timeoutMs);
const stored = () => findLatestHealth(system.database.control);

describe('the aggregated health', () => {
  it('knows every part of a system in order', async () => {
    await untilWell();
    expect(await read()).toMatchObject({
      needsIntervention: false,
      totalInstances: 1,
      activeInstances: 1,
      loadBalanceScore: 1,
      consistencyScore: 1,
      performanceScore: 1,
      reasons: [],
    });
    expect((await read()).services.map(({ name, status }) => [name, status])).toEqual([
      ['postgresql', 'ready'],
      ['redis', 'ready'],
      ['balancer-worker', 'ready'],
      ['consistency-checker', 'ready'],
      ['health-aggregator', 'ready'],
      ['orchestrator-api', 'ready'],
    ]);
  });

  it('is stored as it is, at every interval', async () => {
    const first = await until('a sample is stored', stored);
    expect(Object.keys(first.health).toSorted()).toEqual(Object.keys(await read()).toSorted());
    await until(
      'another sample is stored',
      async () => (await stored())?.health.at !== first.health.at,
    );
  });

  it('names a service that answers 503, until it answers 200 again', async () => {
    system.service('balancer-worker').httpStatus = 503;
    const ill = await untilSaid('balancer-worker');
    expect(wordsOf(ill)).toContain('no replica of balancer-worker works (readiness answers 503)');
    expect(ill.services.find(({ name }) => name === 'balancer-worker')).toMatchObject({
      status: 'error',
      error: 'readiness answers 503',
    });
    system.service('balancer-worker').httpStatus = 200;
    await untilWell();
  });

  it('is refused to callers without a viewer key', async () => {
    expect((await fetch(`${url}/v1/health`)).status).toBe(401);
    const headers = { authorization: `Bearer ${await system.createKey('instance')}` };
    expect((await fetch(`${url}/v1/health`, { headers })).status).toBe(403);
  });

  it('is told as metrics', async () => {
    const headers = { authorization: `Bearer ${viewer}` };
    const metrics = await (await fetch(`${url}/metrics`, { headers })).text();
    expect(metrics).toMatch(/weir_health_score\{score="load_balance"[^}]*\} 1/);
    expect(metrics).toMatch(/weir_service_up\{service="balancer-worker"[^}]*\} 1/);
    expect(metrics).toMatch(/weir_service_up\{service="postgresql"[^}]*\} 1/);
  });

  it('notices that Redis was killed, goes on storing, and notices its return', async () => {
    await system.redis.kill('SIGKILL');
    const ill = await untilSaid('Redis does not answer');
    expect(ill.overall).toBe('degraded');
    const before = await stored();
    await until(
      'a sample is stored',
      async () => (await stored())?.health.at !== before?.health.at,
    );
    await system.redis.restart();
    await untilWell(30_000);
  }, 60_000);

  it('notices that PostgreSQL was killed, answers all the same, and stores again', async () => {
    await system.postgres.kill('SIGKILL');
    const ill = await untilSaid('PostgreSQL does not answer', 30_000);
    expect(ill).toMatchObject({
      overall: 'critical',
      needsIntervention: true,
      performanceScore: 0,
    });
    expect(ill.totalInstances).toBe(1);
    await system.postgres.restart();
    await untilWell(60_000);
    const { at } = await read();
    const isStored = async () => ((await stored())?.health.at ?? '') >= at;
    await until('it is stored', isStored, 30_000);
  }, 150_000);

  it('is stored by one replica at a time', async () => {
    await system.startAggregator();
    const count = async (): Promise<number> => {
      const rows = await system.database.control.query<{ count: number }>(
        'select count(*) as count from health_samples',
      );
      return rows[0]?.count ?? 0;
    };
    const before = await count();
    await until('more samples are stored', async () => (await count()) >= before + 4);
    const close = await system.database.control.query<{ apartMs: number }>(
      `select extract(epoch from at - lag(at) over (order by at))
         ::double precision * 1000 as "apartMs"
       from health_samples order by at desc limit 4`,
    );
    for (const { apartMs } of close) expect(apartMs).toBeGreaterThanOrEqual(900);
  });
});
