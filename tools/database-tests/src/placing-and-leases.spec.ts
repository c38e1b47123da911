import { observeLeases, readFleetDelta, renewLeases } from '@weir/database';
import { computeDigest } from '@weir/domain';
import { createTestDatabase } from '@weir/testing';
import type { TestDatabase } from '@weir/testing';
import { TestFleet } from './fleet.test-support';

let test: TestDatabase;
let fleet: TestFleet;
let fleetNumber = 0;

beforeAll(async () => {
  test = await createTestDatabase('placing');
});
afterAll(() => test.close());
beforeEach(async () => {
  fleet = await TestFleet.create(test.database, `fleet-${(fleetNumber += 1)}`);
});

describe('placing', () => {
  it('grants each stream once, under a higher epoch, and delivers it by revision', async () => {
    await fleet.register('a');
    const [streamId] = await fleet.addStreams(1);
    const before = (await fleet.deliver('a')).revision;
    expect(await fleet.place([streamId!], 'a')).toEqual([
      { streamId, serverId: 'a', epoch: 1, lostOwner: null },
    ]);
    expect(await fleet.place([streamId!], 'a')).toEqual([]);
    const { changes, revision } = await fleet.deliver('a', before);
    expect(changes).toMatchObject([
      { streamId, epoch: 1, desired: 'run', exclusive: true, stream: { source: 'http://radio/' } },
    ]);
    expect((await fleet.deliver('a', revision)).changes).toEqual([]);
  });

  it('never goes beyond the room of an instance', async () => {
    await fleet.register('small', { maxStreams: 3 });
    const streamIds = await fleet.addStreams(5);
    expect(await fleet.place(streamIds, 'small')).toHaveLength(3);
    expect((await fleet.counters('small')).held).toBe(3);
  });

  it('drops a grant whose epoch is not the current one', async () => {
    await fleet.register('a');
    const [streamId] = await fleet.addStreams(1);
    expect(await fleet.place([streamId!], 'a', 7)).toEqual([]);
  });

  it('keeps the counters and the digest equal to what the instance should run', async () => {
    await fleet.register('a');
    const streamIds = await fleet.addStreams(20);
    const granted = await fleet.place(streamIds, 'a');
    const { count, digest } = computeDigest(granted);
    expect(await fleet.counters('a')).toEqual({ held: count, run: count, digest });
  });

  it('gives concurrent placements of one stream to exactly one', async () => {
    const [streamId] = await fleet.addStreams(1);
    for (const serverId of ['a', 'b', 'c']) await fleet.register(serverId);
    const results = await Promise.all(
      ['a', 'b', 'c'].map((serverId) => fleet.place([streamId!], serverId)),
    );
    expect(results.flat()).toHaveLength(1);
  });
});

describe('heartbeats', () => {
  it('renews many leases in one transaction and tells each what it should run', async () => {
    const a = await fleet.register('a');
    const b = await fleet.register('b');
    const granted = await fleet.place(await fleet.addStreams(2), 'a');
    const committed = test.database.heartbeat.counts.committed;
    const results = await renewLeases(test.database.heartbeat, [
      fleet.renewal('a', a),
      fleet.renewal('b', b),
      fleet.renewal('b', b + 1),
      fleet.renewal('nobody', 1),
    ]);
    expect(test.database.heartbeat.counts.committed - committed).toBe(1);
    const { count, digest } = computeDigest(granted);
    expect(results[0]).toMatchObject({
      kind: 'renewed',
      expectedCount: count,
      expectedDigest: digest,
    });
    expect(results[1]).toMatchObject({ kind: 'renewed', expectedCount: 0 });
    expect(results[2]).toEqual({ kind: 'fenced' });
    expect(results[3]).toEqual({ kind: 'unknown' });
  });

  it('answers two heartbeats of one instance in one batch and counts one renewal', async () => {
    const a = await fleet.register('a');
    const results = await renewLeases(test.database.heartbeat, [
      fleet.renewal('a', a),
      fleet.renewal('a', a),
    ]);
    expect(results.map((result) => result.kind)).toEqual(['renewed', 'renewed']);
  });

  it('takes the clock after the wait for a lock, so that a wait does not shorten the lease', async () => {
    const a = await fleet.register('a');
    const blocker = await test.database.control.pool.connect();
    await blocker.query('begin');
    await blocker.query('select 1 from instance_leases where fleet_id = $1 for update', [
      fleet.fleetId,
    ]);
    const renewing = renewLeases(test.database.heartbeat, [
      fleet.renewal('a', a, { leaseTtlMs: 3_000 }),
    ]);
    await blocker.query('select pg_sleep(0.4)');
    await blocker.query(`update instance_leases set lease_expires_at = weir_now(), granted_ttl_ms = 0
      where fleet_id = ${fleet.fleetId}`);
    await blocker.query('commit');
    blocker.release();
    await renewing;
    const [lease] = await observeLeases(test.database.control, fleet.fleetId);
    expect(lease!.remainingMs).toBeGreaterThan(2_700);
  });

  it('renews an expired lease that nobody took over', async () => {
    const a = await fleet.register('a');
    await test.setClockOffset(60_000);
    const [result] = await renewLeases(test.database.heartbeat, [fleet.renewal('a', a)]);
    await test.setClockOffset(0);
    expect(result?.kind).toBe('renewed');
  });

  it('lets the expiry follow the clock back after a forward step of an hour', async () => {
    const a = await fleet.register('a');
    await test.setClockOffset(3_600_000);
    await renewLeases(test.database.heartbeat, [fleet.renewal('a', a)]);
    await test.setClockOffset(0);
    await renewLeases(test.database.heartbeat, [fleet.renewal('a', a)]);
    const [lease] = await observeLeases(test.database.control, fleet.fleetId);
    expect(lease!.remainingMs).toBeLessThanOrEqual(15_000);
  });

  it('takes over who died around a backward step of the clock, one lease after it', async () => {
    const a = await fleet.register('a');
    await test.setClockOffset(3_600_000);
    await renewLeases(test.database.heartbeat, [fleet.renewal('a', a)]);
    await test.setClockOffset(0);
    const [lease] = await observeLeases(test.database.control, fleet.fleetId);
    expect(lease!.remainingMs).toBeLessThanOrEqual(15_000);
    expect(lease!.remainingMs).toBeGreaterThan(14_000);
    expect(await fleet.takeOver('a', a)).toEqual([]);
    await test.setClockOffset(15_001);
    const lost = await fleet.takeOver('a', a);
    await test.setClockOffset(0);
    expect(lost).toMatchObject([{ serverId: 'a' }]);
  });

  it('never ends a lease before one that was promised when leaseTtlMs was longer', async () => {
    const a = await fleet.register('a');
    await renewLeases(test.database.heartbeat, [fleet.renewal('a', a, { leaseTtlMs: 60_000 })]);
    await renewLeases(test.database.heartbeat, [fleet.renewal('a', a, { leaseTtlMs: 3_000 })]);
    await renewLeases(test.database.heartbeat, [fleet.renewal('a', a, { leaseTtlMs: 3_000 })]);
    const [lease] = await observeLeases(test.database.control, fleet.fleetId);
    expect(lease!.remainingMs).toBeGreaterThan(55_000);
  });

  it('makes an instance overdue for plans when most of its lease went by without one', async () => {
    const a = await fleet.register('a');
    const isOverdue = async (): Promise<boolean | undefined> => {
      const since = { revision: -1, loadsSinceMs: 0 };
      const { instances } = await readFleetDelta(test.database.control, fleet.fleetId, since);
      return instances[0]?.isOverdue;
    };
    expect(await isOverdue()).toBe(false);
    await test.setClockOffset(8_000);
    expect(await isOverdue()).toBe(false);
    await test.setClockOffset(9_000);
    expect(await isOverdue()).toBe(true);
    await test.setClockOffset(16_000);
    expect(await isOverdue()).toBe(true);
    await renewLeases(test.database.heartbeat, [fleet.renewal('a', a)]);
    expect(await isOverdue()).toBe(false);
    await test.setClockOffset(0);
  });
});
