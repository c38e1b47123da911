import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createKey, ensureFleet, requestCheck, storeKey, withTurn } from '@weir/database';
import { JobProducer, QueueRegistry, ScheduleKeeper } from '@weir/queues';
import { createTestDatabase, createTestRedis, until } from '@weir/testing';
import type { TestDatabase } from '@weir/testing';
import { CheckedFleet, startChecker } from './checker.test-support';
import { CheckDriver } from './schedule/check.driver';

/** Scheduled runs that come by themselves would be in the way of those that a test asks for. */
const NEVER = { WEIR_CONSISTENCY_INTERVAL: '3600' };

interface Report {
  readonly reportId: string;
  readonly state: string;
  readonly requestedBy: string;
  readonly error: string | null;
}

let test: TestDatabase;
const apps: NestFastifyApplication[] = [];

beforeAll(async () => {
  test = await createTestDatabase('checker');
}, 120_000);
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
});
afterAll(() => test?.close());

async function start(env: Readonly<Record<string, string>> = NEVER) {
  const app = await startChecker(test, env);
  apps.push(app);
  return app;
}

function reportsOf(fleetId: number): Promise<Report[]> {
  return test.database.control.query<Report>(
    `select report_id::text as "reportId", state, requested_by as "requestedBy", error
     from consistency_reports where fleet_id = $1 order by report_id`,
    [fleetId],
  );
}

async function isDone(fleetId: number, reportId: string): Promise<boolean> {
  const reports = await reportsOf(fleetId);
  return reports.some((report) => report.reportId === reportId && report.state === 'done');
}

describe('a requested run', () => {
  it('is carried out without Redis, with its findings and an event', async () => {
    const fleet = await CheckedFleet.create(test.database, 'asked');
    await fleet.register('a');
    await fleet.place(await fleet.addStreams(2), 'a');
    await fleet.corrupt('update instance_counters set held_count = 7 where fleet_id = $1', [
      fleet.fleetId,
    ]);
    const request = { repair: true, requestedBy: 'an operator' };
    const reportId = await requestCheck(test.database.control, fleet.fleetId, request);
    await start();
    await until('the report is done', () => isDone(fleet.fleetId, reportId));
    expect(
      await fleet.query('select kind, repaired from findings where fleet_id = $1', [fleet.fleetId]),
    ).toEqual([{ kind: 'counter-drift', repaired: true }]);
    expect(await fleet.eventKinds()).toContain('consistency.checked');
  });

  it('runs once although two checkers look for it', async () => {
    await start();
    await start();
    const { fleetId } = await ensureFleet(test.database.control, 'side-by-side');
    const asked: string[] = [];
    for (let count = 0; count < 25; count += 1) {
      const request = { repair: false, requestedBy: `asker-${count}` };
      asked.push(await requestCheck(test.database.control, fleetId, request));
    }
    await Promise.all(apps.map((app) => app.get(CheckDriver).look('request')));
    await until(
      'every report is done',
      async () =>
        (await reportsOf(fleetId)).filter(({ state }) => state === 'done').length >= asked.length,
    );
    const events = await test.database.control.query<{ reportId: string }>(
      `select detail ->> 'reportId' as "reportId" from events
       where fleet_id = $1 and kind = 'consistency.checked'
         and detail ->> 'requestedBy' <> 'schedule'`,
      [fleetId],
    );
    expect(events.map(({ reportId }) => reportId).toSorted()).toEqual(asked.toSorted());
  });

  it('is begun anew when the checker that ran it is gone, a scheduled one has failed', async () => {
    const { fleetId } = await ensureFleet(test.database.control, 'interrupted');
    const request = { repair: false, requestedBy: 'an operator' };
    const reportId = await requestCheck(test.database.control, fleetId, request);
    await test.database.control.query(
      `with lost as (update consistency_reports set state = 'running' where fleet_id = $1)
       insert into consistency_reports (fleet_id, state, requested_by, repair)
       values ($1, 'running', 'schedule', true)`,
      [fleetId],
    );
    await start();
    await until('the report is done', () => isDone(fleetId, reportId));
    expect((await reportsOf(fleetId)).map(({ state }) => state)).toEqual(['done', 'failed']);
  });
});

describe('a scheduled run', () => {
  const scheduled = async (fleetId: number) =>
    (await reportsOf(fleetId)).filter(({ requestedBy }) => requestedBy === 'schedule');

  it('comes by cadence while Redis is away, one at a time over replicas', async () => {
    const { fleetId } = await ensureFleet(test.database.control, 'by-cadence');
    await start({ WEIR_CONSISTENCY_INTERVAL: '1' });
    await start({ WEIR_CONSISTENCY_INTERVAL: '1' });
    await until('two runs are done', async () => (await scheduled(fleetId)).length >= 2, 20_000);
    const apart = await test.database.control.query<{ apartMs: number }>(
      `select extract(epoch from created_at - lag(created_at) over (order by created_at))
         ::double precision * 1000 as "apartMs"
       from consistency_reports where fleet_id = $1 order by created_at`,
      [fleetId],
    );
    for (const { apartMs } of apart.slice(1)) expect(apartMs).toBeGreaterThanOrEqual(2_000);
  });

  it('comes by the queue, and its repair rings the balance queue', async () => {
    const redis = await createTestRedis();
    try {
      const fleet = await CheckedFleet.create(test.database, 'by-queue');
      await fleet.register('a');
      await fleet.addStreams(1);
      await fleet.query(
        `with aged as (update streams set updated_at = weir_now() - interval '1 minute'
           where fleet_id = $1)
         update assignments set unassigned_since = weir_now() - interval '1 minute'
         where fleet_id = $1`,
        [fleet.fleetId],
      );
      const app = await start({ ...NEVER, REDIS_PORT: String(redis.port) });
      const payload = { repair: true, requestedBy: 'schedule' };
      await until('the schedule is kept', async () =>
        (await app.get(ScheduleKeeper).ensureAll()).includes('unchanged'),
      );
      await until('Redis takes the job', () =>
        app.get(JobProducer).enqueue('consistency', payload),
      );
      await until('the balancer is rung', async () => {
        const counts = await app.get(QueueRegistry).count('balance', Date.now());
        return counts.waiting > 0;
      });
      expect(await scheduled(fleet.fleetId)).toHaveLength(1);
    } finally {
      await redis.stop();
    }
  });
});

describe('the checker', () => {
  it('goes on after PostgreSQL ended all of its connections', async () => {
    const { fleetId } = await ensureFleet(test.database.control, 'cut');
    await start();
    for (let round = 0; round < 3; round += 1) {
      await test.database.control.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and application_name = 'consistency-checker'`,
      );
      const request = { repair: true, requestedBy: 'an operator' };
      const reportId = await requestCheck(test.database.control, fleetId, request);
      await until('the report is done', () => isDone(fleetId, reportId), 20_000);
    }
  });

  it('outlives the end of the connection that holds its turn', async () => {
    const { control } = test.database;
    const turn = await withTurn(control, 0x7465, 1, async () => {
      await control.query(
        `select pg_terminate_backend(l.pid) from pg_locks l
         where l.locktype = 'advisory' and l.classid = $1`,
        [0x7465],
      );
      await until('the turn is free', async () => {
        const again = await withTurn(control, 0x7465, 1, () => Promise.resolve(true));
        return again?.result;
      });
      return 'finished';
    });
    expect(turn).toEqual({ result: 'finished' });
  });

  it('serves health to everybody and metrics to viewers', async () => {
    const app = await start();
    const url = await app.getUrl();
    const key = createKey('viewer');
    await storeKey(test.database.control, 'viewer', 'viewer', key);
    expect((await fetch(`${url}/health/readiness`)).status).toBe(200);
    expect((await fetch(`${url}/metrics`)).status).toBe(401);
    const metrics = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${key}` } });
    expect(await metrics.text()).toContain('weir_consistency_run_duration_seconds');
  });
});
