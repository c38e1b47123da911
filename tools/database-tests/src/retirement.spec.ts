import {
  applyAcks,
  leaveFleet,
  releaseRetired,
  renewLeases,
  retireInstances,
} from '@weir/database';
import { DEFAULT_FLEET_SETTINGS } from '@weir/domain';
import { createTestDatabase } from '@weir/testing';
import type { TestDatabase } from '@weir/testing';
import { TestFleet } from './fleet.test-support';

const settings = { ...DEFAULT_FLEET_SETTINGS, retireAfterMs: 3_600_000 };
let test: TestDatabase;
let fleet: TestFleet;
let fleetNumber = 0;
let clockMs = 0;

beforeAll(async () => {
  test = await createTestDatabase('retirement');
});
afterAll(() => test.close());
beforeEach(async () => {
  fleet = await TestFleet.create(test.database, `fleet-${(fleetNumber += 1)}`);
});

async function pass(ms: number): Promise<void> {
  clockMs += ms;
  await test.setClockOffset(clockMs);
}

const retire = () => retireInstances(test.database.control, { fleetId: fleet.fleetId, settings });

async function names(): Promise<string[]> {
  const rows = await test.database.control.query<{ serverId: string }>(
    `select server_id as "serverId" from instances where fleet_id = $1
     union select server_id from instance_leases where fleet_id = $1
     union select server_id from instance_counters where fleet_id = $1 order by 1`,
    [fleet.fleetId],
  );
  return rows.map(({ serverId }) => serverId);
}

describe('an instance that is gone for long', () => {
  it('is forgotten, lost or left, with everything but its history', async () => {
    const a = await fleet.register('a');
    const b = await fleet.register('b');
    await fleet.register('c');
    await leaveFleet(test.database.control, fleet.fleetId, { serverId: 'b', incarnation: b });
    await pass(16_000);
    await fleet.takeOver('a', a);
    expect(await retire()).toBe(0);
    await pass(settings.retireAfterMs + 1_000);
    expect(await retire()).toBe(2);
    expect(await names()).toEqual(['c']);
    expect(await retire()).toBe(0);
    expect(await fleet.details('instance.retired')).toEqual([
      { incarnation: 1, status: 'lost' },
      { incarnation: 1, status: 'left' },
    ]);
    expect(await fleet.eventKinds()).toContain('instance.lost');
  });

  it('is not, while a stream still names it as its owner', async () => {
    const a = await fleet.register('a');
    const [streamId] = await fleet.addStreams(1);
    await fleet.place([streamId!], 'a');
    await pass(16_000);
    await fleet.takeOver('a', a);
    await test.database.control.query(
      `update assignments set server_id = 'a', incarnation = 1, epoch = epoch + 1,
         status = 'running' where fleet_id = $1`,
      [fleet.fleetId],
    );
    await pass(settings.retireAfterMs + 1_000);
    expect(await retire()).toBe(0);
    const record = { fleetId: fleet.fleetId, settings };
    const freed = await releaseRetired(test.database.control, record, ['a', 'nobody']);
    expect([...freed]).toEqual([['a', 1]]);
    expect(await fleet.assignment(streamId!)).toMatchObject({ serverId: null });
    expect((await releaseRetired(test.database.control, record, ['a'])).size).toBe(0);
    expect(await retire()).toBe(1);
  });

  it('is refused when its old incarnation comes back, and never gets that number again', async () => {
    for (let count = 0; count < 3; count += 1) await fleet.register('a');
    await pass(16_000);
    await fleet.takeOver('a', 3);
    await pass(settings.retireAfterMs + 1_000);
    await retire();
    const [result] = await renewLeases(test.database.heartbeat, [fleet.renewal('a', 3)]);
    expect(result).toEqual({ kind: 'unknown' });
    const acking = applyAcks(
      test.database.control,
      fleet.fleetId,
      { serverId: 'a', incarnation: 3 },
      { acks: [{ streamId: '1', epoch: 1, state: 'running' }], settings },
    );
    await expect(acking).rejects.toMatchObject({ code: 'INSTANCE_UNKNOWN' });
    expect(await fleet.register('new')).toBe(4);
    expect(await fleet.register('a')).toBe(4);
    const [again] = await renewLeases(test.database.heartbeat, [fleet.renewal('a', 3)]);
    expect(again).toEqual({ kind: 'fenced' });
  });
});

describe('streams of an owner that nobody knows', () => {
  it('are freed, exclusive ones only after the longest lease that it may hold', async () => {
    const [exclusive] = await fleet.addStreams(1);
    const [shared] = await fleet.addStreams(1, { exclusive: false });
    await test.database.control.query(
      `update assignments set server_id = 'ghost', incarnation = 1, epoch = 1, status = 'running'
       where fleet_id = $1`,
      [fleet.fleetId],
    );
    const record = { fleetId: fleet.fleetId, settings };
    await releaseRetired(test.database.control, record, ['ghost']);
    const waits = await fleet.assignment(exclusive!);
    expect(waits).toMatchObject({ serverId: null, status: 'unassigned' });
    expect(waits.notBeforeMs).toBeGreaterThan(settings.leaseTtlMs - 1_000);
    expect((await fleet.assignment(shared!)).notBeforeMs).toBeNull();
  });
});
