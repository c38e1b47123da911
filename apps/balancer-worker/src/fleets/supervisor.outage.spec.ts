import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Database, migrate } from '@weir/database';
import type { DatabaseOptions } from '@weir/database';
import { freePorts, startPostgres } from '@weir/embedded';
import type { PostgresServer } from '@weir/embedded';
import { until } from '@weir/testing';
import { FleetSupervisor } from './fleet.supervisor';
import { LiveFleet } from './live.fleet.test-support';
import { RecordingObserver } from './supervisor.observer.test-support';

jest.setTimeout(90_000);

describe('the control loops when PostgreSQL goes away', () => {
  let folder: string;
  let server: PostgresServer;
  let options: DatabaseOptions;

  async function startServer(): Promise<PostgresServer> {
    const { port = 0 } = options;
    return startPostgres({
      dataDir: join(folder, 'data'),
      logFile: join(folder, 'postgres.log'),
      port,
      password: 'test',
    });
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weir-outage-'));
    const [port = 0] = await freePorts(1);
    options = {
      host: '127.0.0.1',
      port,
      name: 'weir',
      user: 'postgres',
      password: 'test',
      timeoutMs: 5_000,
      retriesMax: 3,
      retryDelayMs: 20,
      connectionsMax: 10,
      applicationName: 'weir-test',
    };
    server = await startServer();
    options = { ...options, user: server.user };
    await server.createDatabase('weir');
    await migrate(options);
  });
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('declares nobody lost after an outage longer than a lease, and goes on by itself', async () => {
    const database = new Database(options, () => undefined);
    const fleet = await LiveFleet.create(database, 'outage', { leaseTtlMs: 1_500 });
    await fleet.join('a');
    await fleet.join('b');
    await fleet.addStreams(10);
    const observer = new RecordingObserver();
    const own = new Database(options, () => undefined);
    const supervisor = new FleetSupervisor(own, observer);
    supervisor.start();
    await fleet.untilCounts({ a: 5, b: 5 });
    const blindBefore = observer.unreadable;
    await server.stop();
    const stoppedAt = performance.now();
    await until(
      'the outage is longer than a lease',
      () => observer.unreadable > blindBefore && performance.now() - stoppedAt > 3_000,
    );
    server = await startServer();
    await until(
      'the loop works again',
      async () => {
        await fleet.addStreams(1).catch(() => undefined);
        return ((await fleet.counts().catch((): Record<string, number> => ({})))['a'] ?? 0) > 5;
      },
      30_000,
    );
    await until('every brake let go', () => supervisor.brakes.length === 0, 20_000);
    expect(observer.takenOver).toEqual([]);
    expect(await fleet.history(['instance.lost'])).toEqual([]);
    const dying = fleet.instances.get('b')!;
    dying.kill();
    await until('failover works again', async () => (await fleet.counts())['b'] === undefined);
    expect(observer.takenOver).toEqual(['b']);
    await fleet.close();
    await supervisor.stop();
    await Promise.all([own.close(), database.close()]);
  });
});
