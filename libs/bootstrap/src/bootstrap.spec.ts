import { loadConfig, standardSections } from '@weir/config';
import { databaseOptionsOf, migrate } from '@weir/database';
import { freePorts } from '@weir/embedded';
import { ServiceProcess, startBackends } from './bootstrap.test-support';
import type { Backends } from './bootstrap.test-support';

jest.setTimeout(120_000);

describe('a service as a process', () => {
  let backends: Backends;
  let freePort: string;
  const started: ServiceProcess[] = [];

  function start(env: Record<string, string> = {}): ServiceProcess {
    const service = new ServiceProcess({ ...backends.env, ...env });
    started.push(service);
    return service;
  }

  beforeAll(async () => {
    backends = await startBackends();
    freePort = String((await freePorts(1))[0]);
  });
  afterEach(async () => {
    for (const service of started.splice(0)) {
      service.signal('SIGKILL');
      await service.exited;
    }
  });
  afterAll(() => backends.end());

  it('ends with 78 and every problem when the configuration is wrong', async () => {
    const service = start({ DB_PORT: 'x', LOG_LEVEL: 'loud', WEIR_PORT: '70000' });
    expect(await service.exited).toBe(78);
    for (const name of ['DB_PORT', 'LOG_LEVEL', 'WEIR_PORT'])
      expect(service.output).toContain(name);
    expect((await service.message('failed'))['message']).toContain('3 problems');
  });

  it('waits for migrations, and gives up with what to do when they never run', async () => {
    const service = start({ APP_STARTUP_TIMEOUT: '4' });
    await service.message('phase', { phase: 'schema', outcome: 'running' });
    expect(await service.exited).toBe(1);
    expect(service.output).toContain('waiting for migrations');
    expect((await service.message('failed'))['message']).toMatch(/schema|migrate/);
  });

  it('goes on by itself when migrations run while it waits', async () => {
    const service = start();
    await service.outputHas('waiting for migrations');
    const { database } = loadConfig(standardSections, backends.env);
    await migrate(databaseOptionsOf(database, 'migrate'));
    await service.message('ready');
  });

  it('tells every phase, becomes ready, and reports its start', async () => {
    const service = start();
    const url = await service.url();
    for (const phase of ['postgresql', 'redis', 'schema', 'own-phase', 'application', 'listen']) {
      await service.message('phase', { phase, outcome: 'done' });
    }
    const readiness = await fetch(`${url}/health/readiness`);
    expect(readiness.status).toBe(200);
    expect(readiness.headers.get('x-request-id')).toBeTruthy();
    const detailed = (await (await fetch(`${url}/health/detailed`)).json()) as never;
    expect(detailed).toMatchObject({
      stage: 'ready',
      optionalModules: [{ name: 'absent-part', status: 'absent' }],
      startup: { phases: expect.arrayContaining([expect.objectContaining({ name: 'schema' })]) },
    });
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toContain('weir_startup_phase_seconds{phase="postgresql"');
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('stops with 0 on %s', async (signal) => {
    const service = start();
    await service.url();
    service.signal(signal);
    await service.message('finishing');
    expect(await service.exited).toBe(0);
    await service.outputHas('stopped');
  });

  it('is not ready while it finishes, and ends by force after the grace', async () => {
    const service = start({ FIXTURE_MODE: 'hang-on-stop', WEIR_SHUTDOWN_GRACE: '2' });
    const url = await service.url();
    service.signal('SIGTERM');
    await service.message('finishing');
    expect((await fetch(`${url}/health/readiness`)).status).toBe(503);
    expect((await fetch(`${url}/health/liveness`)).status).toBe(200);
    expect(await service.exited).toBe(1);
    expect(service.output).toContain('ending by force');
  });

  it('ends at once on a second signal', async () => {
    const service = start({ FIXTURE_MODE: 'hang-on-stop' });
    await service.url();
    service.signal('SIGTERM');
    await service.message('finishing');
    service.signal('SIGTERM');
    expect(await service.exited).toBe(1);
  });

  it('stops with 0 when the program that started it is gone', async () => {
    const service = start();
    await service.url();
    service.disconnect();
    expect(await service.exited).toBe(0);
    expect(service.output).toContain('loss of the parent process');
  });

  it('stops with 0 when the signal comes while it starts', async () => {
    const service = start({ DB_PORT: freePort });
    await service.outputHas('PostgreSQL is not reachable');
    service.signal('SIGTERM');
    expect(await service.exited).toBe(0);
  });

  it.each(['/crash', '/reject'])('ends with 1 after an error nobody caught (%s)', async (path) => {
    const service = start();
    const url = await service.url();
    await fetch(`${url}${path}`).catch(() => undefined);
    expect(await service.exited).toBe(1);
    expect(service.output).toMatch(/nobody (catches|awaits) this/);
  });

  it('gives up on PostgreSQL after its budget, saying where and what to check', async () => {
    const service = start({ DB_PORT: freePort, POSTGRES_STARTUP_TIMEOUT: '1' });
    expect(await service.exited).toBe(1);
    const message = String((await service.message('failed'))['message']);
    expect(message).toContain(`127.0.0.1:${freePort}`);
    expect(message).toContain('DB_PASSWORD');
    expect(service.output).toContain('attempt 2');
    expect(service.output).not.toContain('password":"test"');
  });

  it('starts degraded without Redis after its budget', async () => {
    const service = start({ REDIS_PORT: freePort, REDIS_STARTUP_TIMEOUT: '1' });
    const url = await service.url();
    await service.message('phase', { phase: 'redis', outcome: 'degraded' });
    expect((await fetch(`${url}/health/readiness`)).status).toBe(200);
    const detailed = (await (await fetch(`${url}/health/detailed`)).json()) as { status: string };
    expect(detailed.status).toBe('degraded');
    service.signal('SIGTERM');
    expect(await service.exited).toBe(0);
  });

  it('ends when the whole start takes too long, naming the phase that hangs', async () => {
    const service = start({ FIXTURE_MODE: 'hang-on-start', APP_STARTUP_TIMEOUT: '3' });
    expect(await service.exited).toBe(1);
    expect((await service.message('failed'))['message']).toContain('own-phase');
  });

  it('says so when its port is taken', async () => {
    const first = start();
    const port = new URL(await first.url()).port;
    const second = start({ WEIR_PORT: port });
    expect(await second.exited).toBe(1);
    expect((await second.message('failed'))['message']).toContain('EADDRINUSE');
  });
});
