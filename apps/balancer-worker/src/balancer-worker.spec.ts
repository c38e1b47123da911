import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApplication, ServiceModule } from '@weir/bootstrap';
import { loadConfig } from '@weir/config';
import { createKey, storeKey } from '@weir/database';
import { ServiceState } from '@weir/health';
import { createLogger, MetricsRegistry } from '@weir/observability';
import { JobProducer, QueueConnection } from '@weir/queues';
import { createTestDatabase, createTestRedis, until } from '@weir/testing';
import type { TestDatabase } from '@weir/testing';
import { CONFIG_SECTIONS, SERVICE_NAME } from './app.module';
import { LiveFleet } from './fleets/live.fleet.test-support';
import { SERVICE } from './service.definition';

jest.setTimeout(60_000);

async function startService(
  test: TestDatabase,
  redisPort: number,
): Promise<NestFastifyApplication> {
  const { options } = test;
  const config = loadConfig(CONFIG_SECTIONS, {
    WEIR_ENV: 'test',
    LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
    DB_HOST: options.host,
    DB_PORT: String(options.port),
    DB_NAME: options.name,
    DB_USER: options.user,
    DB_PASSWORD: options.password,
    REDIS_PORT: String(redisPort),
  });
  const state = new ServiceState(SERVICE_NAME);
  const metrics = new MetricsRegistry(SERVICE_NAME);
  const context = { config, state, metrics, logger: createLogger(config.logging, SERVICE_NAME) };
  const root = ServiceModule.around(context, [SERVICE.module(context)], SERVICE.indicators);
  const app = await createApplication(root, context);
  await app.listen(0, '127.0.0.1');
  state.markReady();
  return app;
}

describe('balancer-worker', () => {
  let test: TestDatabase;
  let redis: Awaited<ReturnType<typeof createTestRedis>>;
  let app: NestFastifyApplication;
  let fleet: LiveFleet;
  const key = createKey('viewer');

  beforeAll(async () => {
    [test, redis] = await Promise.all([createTestDatabase('balancer_app'), createTestRedis()]);
    await storeKey(test.database.control, 'viewer', 'viewer', key);
    app = await startService(test, redis.port);
    fleet = await LiveFleet.create(test.database, 'whole', { reconcileIntervalMs: 60_000 });
    await fleet.join('a');
  });
  afterAll(async () => {
    await fleet.close();
    await app.close();
    await redis.stop();
    await test.close();
  });

  async function get(path: string, bearer?: string): Promise<{ status: number; text: string }> {
    const headers = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };
    const response = await fetch((await app.getUrl()) + path, { headers });
    return { status: response.status, text: await response.text() };
  }

  it('answers its health and shows its metrics to those who may see them', async () => {
    expect((await get('/health/readiness')).status).toBe(200);
    expect((await get('/metrics')).status).toBe(401);
    await fleet.addStreams(4);
    await fleet.untilCounts({ a: 4 });
    // The streams are there before the round that placed them has ended.
    const { status, text } = await until('the round is counted', async () => {
      const answer = await get('/metrics', key);
      return answer.text.includes('weir_placements_total{service="balancer-worker"} 4') && answer;
    });
    expect(status).toBe(200);
    expect(text).toMatch(/weir_plan_balance_ratio\{.*fleet="whole".*\} 1$/m);
    expect(text).toMatch(/weir_balance_rounds_total\{.*outcome="done"/);
  });

  it('shows a brake that holds, in its health and its metrics', async () => {
    await fleet.set({ frozen: true });
    const detailed = await until('it is shown', async () => {
      const { text } = await get('/health/detailed', key);
      return text.includes('"brake":"frozen"') ? JSON.parse(text) : undefined;
    });
    expect(detailed.details['control-loops'].status).toBe('degraded');
    const { text } = await get('/metrics', key);
    expect(text).toMatch(/weir_brake_engaged\{.*brake="frozen".*\} 1/);
    expect((await get('/health/readiness')).status).toBe(200);
    await fleet.set({ frozen: false });
    await until('it is over', async () => {
      return !(await get('/health/detailed', key)).text.includes('"brake":"frozen"');
    });
  });

  it('hears the doorbell of the queue long before its cadence', async () => {
    await until('the queue is there', () => app.get(QueueConnection).isReady);
    const before = (await fleet.counts())['a'] ?? 0;
    await fleet.addStreams(1, { isSilent: true });
    const startedAt = performance.now();
    expect(await app.get(JobProducer).ringBalance(fleet.name)).toBe(true);
    await fleet.untilCounts({ a: before + 1 });
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  it('goes on without Redis: by notices at once, by cadence at the latest', async () => {
    await redis.stop();
    await until('Redis is away', () => !app.get(QueueConnection).isReady);
    const before = (await fleet.counts())['a'] ?? 0;
    await fleet.addStreams(3);
    await fleet.untilCounts({ a: before + 3 });
    await fleet.set({ reconcileIntervalMs: 500 });
    await fleet.addStreams(2, { isSilent: true });
    await fleet.untilCounts({ a: before + 5 });
    expect((await get('/health/liveness')).status).toBe(200);
  });

  it('finishes what it does and stops in bounded time, also without Redis', async () => {
    await fleet.addStreams(500);
    const startedAt = performance.now();
    await app.close();
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    const { a = 0, nobody = 0 } = await fleet.counts();
    await fleet.addStreams(1);
    expect(await fleet.counts()).toEqual({ ...(a > 0 && { a }), nobody: nobody + 1 });
    app = await startService(test, redis.port);
    await fleet.untilCounts({ a: a + nobody + 1 });
  });
});
