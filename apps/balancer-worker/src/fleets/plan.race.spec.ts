import { Database } from '@weir/database';
import type { FleetRecord } from '@weir/database';
import { findFleet } from '@weir/database';
import { createTestDatabase, until } from '@weir/testing';
import type { TestDatabase } from '@weir/testing';
import { LiveFleet } from './live.fleet.test-support';
import { RoomGuard } from './room.guard.test-support';
import { BalanceRound } from '@weir/control-loop';

jest.setTimeout(60_000);

const ROOM = { maxStreams: 10, capacity: { memoryMb: 1_000 } };
/** Two of these do not fit on one instance. */
const LARGE = { resources: { memoryMb: 600 } };

describe('a replica that lost its turn without noticing', () => {
  let test: TestDatabase;
  let guard: RoomGuard;
  let fleet: LiveFleet;
  let record: FleetRecord;
  let early: string[];
  let late: string;
  const open: { close(): Promise<void> }[] = [];

  beforeAll(async () => {
    test = await createTestDatabase('plan_race');
    guard = await RoomGuard.install(test.database);
    fleet = await LiveFleet.create(test.database, 'raced', { leaseTtlMs: 60_000 });
    for (const serverId of ['a', 'b']) (await fleet.join(serverId, ROOM)).isMute = true;
    early = await fleet.addStreams(2, LARGE);
    [late] = (await fleet.addStreams(1, { ...LARGE, priority: 9 })) as [string];
    record = (await findFleet(test.database.control, fleet.name))!;
  });
  afterAll(async () => {
    for (const part of open.reverse()) await part.close();
    await fleet.close();
    await test.close();
  });

  function createRound(): BalanceRound {
    const database = new Database(test.options, () => undefined);
    open.push(database);
    return new BalanceRound(database.control, fleet.fleetId, () => performance.now());
  }

  /** Without the fleet's lock and unannounced: seen by whoever reads the fleet anew. */
  async function setWanted(streamId: string, isWanted: boolean): Promise<void> {
    const sql = 'update streams set enabled = $3 where fleet_id = $1 and stream_id = $2';
    await test.database.control.query(sql, [fleet.fleetId, streamId, isWanted]);
  }

  function untilWaiting(count: number): Promise<unknown> {
    return until(`${count} wait for a lock`, async () => {
      const rows = await test.database.control.query<{ count: number }>(
        `select count(*) as count from pg_stat_activity
         where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return rows[0]!.count === count;
    });
  }

  /** Runs `during` while nobody can change who owns the stream. */
  async function whileHeld(streamId: string, during: () => Promise<void>): Promise<void> {
    const client = await test.database.control.pool.connect();
    try {
      await client.query('begin');
      const sql = 'select 1 from assignments where fleet_id = $1 and stream_id = $2 for update';
      await client.query(sql, [fleet.fleetId, streamId]);
      await during();
    } finally {
      await client.query('rollback');
      client.release();
    }
  }

  it('writes its plan or loses it, and never adds it to that of another', async () => {
    const rules = { fleet: record, mayGoOn: () => true };
    const [slow, fast] = [createRound(), createRound()];
    const rounds: ReturnType<BalanceRound['run']>[] = [];
    await setWanted(late, false);
    await whileHeld(early[0]!, async () => {
      // It has seen two streams, and fills both instances with them.
      rounds.push(slow.run(rules));
      await untilWaiting(1);
      // The other one has seen three, and puts the third one first.
      await setWanted(late, true);
      rounds.push(fast.run(rules));
      await untilWaiting(2);
    });
    const [ofSlow, ofFast] = await Promise.all(rounds);
    expect(ofSlow).toMatchObject({ placed: 2, conflicts: 0 });
    expect(ofFast).toMatchObject({ placed: 0, conflicts: 2, dueInMs: 0 });
    expect(await fleet.counts()).toEqual({ a: 1, b: 1, nobody: 1 });
    expect(await fast.run(rules)).toMatchObject({ placed: 0, conflicts: 0, unplaced: 1 });
    expect((await guard.seen()).breaches).toBe(0);
  });
});
