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
  const open: { close(): Promise<void> }[] = [];

  async function startServer(): Promise<PostgresServer> {
    const { port = 0 } = options;
    return startPostgres({
      dataDir: join(folder, 'data'),
      logFile: join(folder, 'postgres.log'),
      port,
      password: 'test',
    });
  }

  function openDatabase(): Database {
    const database = new Database(options, () => undefined);
    open.push(database);
    return database;
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
    for (const part of open.splice(0).reverse()) await part.close();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('declares nobody lost after an outage longer than a lease, and goes on', async () => {
    const database = openDatabase();
    const fleet = await LiveFleet.create(database, 'outage', { leaseTtlMs: 1_500 });
    open.push(fleet);
    await fleet.join('a');
    await fleet.join('b');
    await fleet.addStreams(10);
    const observer = new RecordingObserver();
    const supervisor = new FleetSupervisor(openDatabase(), observer);
    open.push({ close: () => supervisor.stop() });
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
    const isMoved = async (): Promise<boolean> => (await fleet.counts())['b'] === undefined;
    await until('failover works again', isMoved, 30_000);
    expect(observer.takenOver).toEqual(['b']);
  });
});
