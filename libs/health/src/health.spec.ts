import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { loadConfig, standardSections } from '@weir/config';
import { databaseOptionsOf, migrate } from '@weir/database';
import { createApp, startBackends } from './health.test-support';
import type { Backends } from './health.test-support';
import { ServiceState } from './service.state';

jest.setTimeout(120_000);

const viewer = { authorization: 'Bearer viewer' };
const open = ['/health', '/health/liveness', '/health/readiness'];
const guarded = ['/health/detailed', '/health/database', '/health/redis'];

describe('health endpoints of a service on real PostgreSQL and Redis', () => {
  let backends: Backends;
  let state: ServiceState;
  let app: NestFastifyApplication;

  beforeAll(async () => {
    backends = await startBackends();
    state = new ServiceState('test-service');
    app = await createApp(backends.env, state);
  });
  afterAll(async () => {
    await app.close();
    await backends.end();
  });

  async function statusOf(url: string): Promise<number> {
    return (await app.inject({ url, headers: viewer })).statusCode;
  }

  async function read(url: string): Promise<Record<string, never>> {
    return (await app.inject({ url, headers: viewer })).json();
  }

  /** Readings are cached for a second: asks again until the condition holds. */
  async function until(url: string, holds: (status: number) => boolean): Promise<void> {
    const deadlineMs = performance.now() + 20_000;
    while (!holds(await statusOf(url))) {
      if (performance.now() > deadlineMs) throw new Error(`${url} stays ${await statusOf(url)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  it('is alive but not ready while it starts', async () => {
    expect(await statusOf('/health/liveness')).toBe(200);
    expect(await statusOf('/health/readiness')).toBe(503);
    expect((await read('/health/readiness'))['error']).toMatchObject({
      lifecycle: { status: 'down' },
    });
    state.recordPhase({ name: 'postgresql', outcome: 'done', durationMs: 12, attempts: 2 });
    state.recordOptionalModule({ name: 'tracing', status: 'absent', detail: 'not installed' });
    state.markReady();
  });

  it('is not ready before the migrations have run, and names those that are missing to a viewer', async () => {
    expect((await read('/health/readiness'))['error']).toEqual({ schema: { status: 'down' } });
    expect(await statusOf('/health/readiness')).toBe(503);
    const database = await read('/health/database');
    expect(database['details']).toMatchObject({ schema: { status: 'down', current: null } });
  });

  it('is ready when everything required is there', async () => {
    const { database } = loadConfig(standardSections, backends.env);
    await migrate(databaseOptionsOf(database, 'migrate'));
    await until('/health/readiness', (status) => status === 200);
    for (const url of [...open, ...guarded]) expect([url, await statusOf(url)]).toEqual([url, 200]);
  });

  it('answers in the shape of Terminus', async () => {
    const body = await read('/health/readiness');
    const up = { status: 'up' };
    const details = { lifecycle: up, database: up, schema: up };
    expect(body).toEqual({ status: 'ok', info: details, error: {}, details });
    expect(await read('/health')).toMatchObject({ details: { 'test-service': up } });
  });

  it.each(guarded)('shows %s to nobody without the role', async (url) => {
    expect((await app.inject({ url })).statusCode).toBe(403);
  });

  it('tells a viewer about every dependency, the start, optional parts and versions', async () => {
    const body = await read('/health/detailed');
    // On a busy machine the process itself may lag, and then it has to say so.
    const { eventLoop } = body['details'] as unknown as { eventLoop: { status: string } };
    expect(body).toMatchObject({
      status: eventLoop.status === 'degraded' ? 'degraded' : 'ok',
      service: 'test-service',
      stage: 'ready',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      uptimeSeconds: expect.any(Number),
      startup: { durationMs: 12, phases: [{ name: 'postgresql', attempts: 2 }] },
      optionalModules: [{ name: 'tracing', status: 'absent' }],
      details: {
        database: { status: 'up', isReplica: false },
        databasePool: { status: 'up', waiting: 0 },
        redis: { status: 'up', evictionPolicy: 'noeviction' },
        eventLoop: { lagP99Ms: expect.any(Number) },
        memory: { rssBytes: expect.any(Number) },
        disk: { freeBytes: expect.any(Number) },
        environment: { environment: 'test' },
      },
    });
    expect(body['services']).toContainEqual({
      name: 'database',
      status: 'ready',
      lastCheck: expect.stringMatching(/^\d{4}-/),
      latencyMs: expect.any(Number),
      error: null,
      retryCount: 0,
    });
  });

  it('asks the database once for many callers', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => read('/health/detailed')));
    const checks = answers.map((answer) => JSON.stringify(answer['services'])).map(lastCheckOf);
    expect(new Set(checks).size).toBe(1);
  });

  it('stays ready without Redis, and says degraded', async () => {
    await backends.redis.kill('SIGKILL');
    await until('/health/redis', (status) => status === 503);
    expect(await statusOf('/health/readiness')).toBe(200);
    const body = await read('/health/detailed');
    expect(body).toMatchObject({ status: 'degraded', details: { redis: { status: 'degraded' } } });
    expect(body['services']).toContainEqual(
      expect.objectContaining({ name: 'redis', status: 'error', retryCount: expect.any(Number) }),
    );
    await backends.redis.restart();
    await until('/health/redis', (status) => status === 200);
  });

  it('is not ready without PostgreSQL, and tells outsiders no more than that', async () => {
    await backends.postgres.kill('SIGKILL');
    await until('/health/readiness', (status) => status === 503);
    for (const url of open) {
      const text = (await app.inject({ url })).body;
      expect(text).not.toMatch(/ECONN|127\.0\.0\.1|connect|error":"|version/i);
    }
    expect(await statusOf('/health/liveness')).toBe(200);
    expect(await statusOf('/health')).toBe(503);
    expect(await statusOf('/health/database')).toBe(503);
    const body = await read('/health/detailed');
    expect(body['services']).toContainEqual(
      expect.objectContaining({ name: 'database', status: 'error', error: expect.any(String) }),
    );
    await backends.postgres.restart();
    await until('/health/readiness', (status) => status === 200);
  });

  it('is not ready any more once it stops, and is still alive', async () => {
    state.markStopping();
    expect(await statusOf('/health/readiness')).toBe(503);
    expect(await statusOf('/health')).toBe(503);
    expect(await statusOf('/health/liveness')).toBe(200);
  });
});

function lastCheckOf(services: string): string {
  return /"name":"database".*?"lastCheck":"([^"]+)"/.exec(services)?.[1] ?? '';
}
