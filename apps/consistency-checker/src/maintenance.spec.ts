import { ensureFleet } from '@weir/database';
import { createTestDatabase } from '@weir/testing';
import type { TestDatabase } from '@weir/testing';
import { maintenanceSteps } from './maintenance/maintenance.steps';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase('maintenance');
}, 120_000);
afterAll(() => test?.close());

async function maintain(): Promise<Record<string, number>> {
  const changes: Record<string, number> = {};
  for (const step of maintenanceSteps({ eventDays: 90, healthDays: 30 })) {
    changes[step.table] = await step.run(test.database.control, () => true);
  }
  return changes;
}

describe('maintenance', () => {
  it('changes nothing that is in order', async () => {
    await maintain();
    expect(Object.values(await maintain()).every((changes) => changes === 0)).toBe(true);
  });

  it('deletes what is old, in batches, and nothing else', async () => {
    const sql = test.database.control;
    await sql.query(
      `insert into operations (operation_id, kind, created_at)
       select gen_random_uuid(), 'test', weir_now() - n * interval '10 second'
       from generate_series(1, 20000) n`,
    );
    await sql.query(
      `insert into idempotency_keys (key_id, idempotency_key, request_hash, created_at)
       values (1, 'old', '', weir_now() - interval '25 hours'), (1, 'new', '', weir_now())`,
    );
    await sql.query(
      `insert into service_status (service, replica, version, status, last_seen)
       values ('x', 'old', '1', 'ready', weir_now() - interval '25 hours'),
              ('x', 'new', '1', 'ready', weir_now())`,
    );
    const changes = await maintain();
    expect(changes['operations']).toBeGreaterThanOrEqual(20_000 - 8_640);
    expect(changes).toMatchObject({ idempotency_keys: 1, service_status: 1 });
    const left = await sql.query<{ count: number }>('select count(*) as count from operations');
    expect(left[0]?.count).toBe(20_000 - (changes['operations'] ?? 0));
  });

  it('keeps the newest hundred reports of each fleet whatever their age', async () => {
    const sql = test.database.control;
    for (const name of ['busy', 'quiet']) {
      const { fleetId } = await ensureFleet(sql, name);
      await sql.query(
        `insert into consistency_reports (fleet_id, state, requested_by, repair, created_at)
         select $1, 'done', 'schedule', true, weir_now() - interval '8 days'
         from generate_series(1, $2)`,
        [fleetId, name === 'busy' ? 140 : 40],
      );
      await sql.query(
        `insert into findings (fleet_id, report_id, kind, severity, message, repair)
         select fleet_id, report_id, 'counter-drift', 'ERROR', 'x', 'none'
         from consistency_reports where fleet_id = $1`,
        [fleetId],
      );
    }
    expect((await maintain())['consistency_reports']).toBe(40);
    const left = await sql.query<{ reports: number; findings: number }>(
      `select (select count(*) from consistency_reports) as reports,
         (select count(*) from findings) as findings`,
    );
    expect(left[0]).toEqual({ reports: 140, findings: 140 });
  });

  it('makes partitions ahead and drops those beyond the retention', async () => {
    const sql = test.database.control;
    await sql.query(
      `create table health_samples_20200101 partition of health_samples
       for values from ('2020-01-01') to ('2020-01-02')`,
    );
    await sql.query(
      `do $$ begin execute format('drop table events_%s', to_char(current_date + 7, 'YYYYMMDD'));
       end $$`,
    );
    expect(await maintain()).toMatchObject({ events: 1, health_samples: 1 });
  });
});
