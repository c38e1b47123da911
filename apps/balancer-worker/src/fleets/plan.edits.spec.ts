import { Database, changeStream, findFleet } from '@weir/database';
import type { FleetRecord } from '@weir/database';
import { createTestDatabase, until } from '@weir/testing';
import type { TestDatabase } from '@weir/testing';
import { LiveFleet } from './live.fleet.test-support';
import { cipher } from './simulated.instance.test-support';
import { BalanceRound } from '@weir/control-loop';
import type { RoundReport } from '@weir/control-loop';

jest.setTimeout(60_000);

describe('streams that are edited all the time', () => {
  let test: TestDatabase;
  let fleet: LiveFleet;
  let record: FleetRecord;
  let round: BalanceRound;
  let edited: string;
  const open: { close(): Promise<void> }[] = [];

  beforeAll(async () => {
    test = await createTestDatabase('plan_edits_live');
    fleet = await LiveFleet.create(test.database, 'edited', { leaseTtlMs: 60_000 });
    (await fleet.join('a', { maxStreams: 10, capacity: { memoryMb: 1_000 } })).isMute = true;
    [edited] = (await fleet.addStreams(1)) as [string];
    record = (await findFleet(test.database.control, fleet.name))!;
    const database = new Database(test.options, () => undefined);
    open.push(database);
    round = new BalanceRound(database.control, fleet.fleetId, () => performance.now());
    await round.run({ fleet: record, mayGoOn: () => true });
  });
  afterAll(async () => {
    for (const part of open) await part.close();
    await fleet.close();
    await test.close();
  });

  function untilWaiting(count: number): Promise<unknown> {
    return until(`${count} wait for a lock`, async () => {
      const rows = await test.database.control.query<{ count: number }>(
        `select count(*) as count from pg_stat_activity
         where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return rows[0]!.count === count;
    });
  }

  /** A round whose plan was made before an edit and is written after it. */
  async function runAround(memoryMb: number): Promise<RoundReport> {
    const { control } = test.database;
    const client = await control.pool.connect();
    await client.query('begin');
    const sql = 'select 1 from fleet_revisions where fleet_id = $1 for update';
    await client.query(sql, [fleet.fleetId]);
    const store = { runner: control, cipher, fleetId: fleet.fleetId };
    const edit = changeStream(store, edited, { resources: { memoryMb } });
    await untilWaiting(1);
    const running = round.run({ fleet: record, mayGoOn: () => true });
    await untilWaiting(2);
    await client.query('rollback');
    client.release();
    await edit;
    return running;
  }

  it('cost the balancer every second plan at most', async () => {
    expect(await fleet.counts()).toEqual({ a: 1 });
    await fleet.addStreams(2, { resources: { memoryMb: 1 } });
    expect(await runAround(10)).toMatchObject({ placed: 0, conflicts: 2, dueInMs: 0 });
    expect(await runAround(20)).toMatchObject({ placed: 2, conflicts: 0 });
    await fleet.addStreams(1);
    expect(await runAround(30)).toMatchObject({ placed: 0, conflicts: 1, dueInMs: 0 });
    expect(await runAround(40)).toMatchObject({ placed: 1, conflicts: 0 });
  });
});
