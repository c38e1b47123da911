import {
  advanceMoves,
  applyAcks,
  changeInstanceState,
  changeStream,
  leaveFleet,
  resyncInstance,
  startMoves,
} from '@weir/database';
import { DEFAULT_FLEET_SETTINGS, computeDigest } from '@weir/domain';
import { createTestDatabase } from '@weir/testing';
import type { TestDatabase } from '@weir/testing';
import { TestFleet, cipher } from './fleet.test-support';

let test: TestDatabase;
let fleet: TestFleet;
let fleetNumber = 0;
let a: number;
let b: number;
let streamId: string;

beforeAll(async () => {
  test = await createTestDatabase('moves');
});
afterAll(() => test.close());
beforeEach(async () => {
  await test.setClockOffset(0);
  fleet = await TestFleet.create(test.database, `fleet-${(fleetNumber += 1)}`);
  a = await fleet.register('a');
  b = await fleet.register('b');
  streamId = (await fleet.addStreams(1))[0]!;
  await fleet.place([streamId], 'a');
  await fleet.ack('a', a, [{ streamId, epoch: 1, state: 'running' }]);
  await fleet.startMove(streamId, 'a', 'b', 1);
});

const states = async () => (await fleet.moves()).map(({ state }) => state);
const error = async () => (await fleet.moves())[0]!.error;
const ack = (serverId: string, epoch: number, state: 'running' | 'stopped' | 'failed') =>
  fleet.ack(serverId, serverId === 'a' ? a : b, [{ streamId, epoch, state }]);
const advance = () => advanceMoves(test.database.control, fleet.fleetId);

/** Lets the deadline of the move's step pass, not the leases. */
async function passDeadline(): Promise<void> {
  await test.database.control.query(
    `update moves set deadline = weir_now() - interval '1 ms' where fleet_id = $1
       and state in ('preparing', 'stopping', 'starting')`,
    [fleet.fleetId],
  );
  expect(await advance()).toBe(1);
}

/** The counters of both say what the rows say. */
async function expectTrueCounters(): Promise<void> {
  for (const serverId of ['a', 'b']) {
    const { control } = test.database;
    const owned = await control.query<{ streamId: string; epoch: number; runs: boolean }>(
      `select stream_id::text as "streamId", epoch, status in ('starting', 'running') as runs
       from assignments where fleet_id = $1 and server_id = $2
       union all select stream_id::text, epoch, desired = 'run'
       from move_ends where fleet_id = $1 and server_id = $2`,
      [fleet.fleetId, serverId],
    );
    const { count, digest } = computeDigest(owned.filter(({ runs }) => runs));
    const expected = { held: owned.length, run: count, digest };
    expect(await fleet.counters(serverId)).toMatchObject(expected);
  }
}
afterEach(expectTrueCounters);

describe('while the target prepares', () => {
  it('the source runs on, and the target holds room for it', async () => {
    expect(await states()).toEqual(['preparing']);
    expect(await fleet.told('a', streamId)).toEqual({ desired: 'run', epoch: 1 });
    expect(await fleet.told('b', streamId)).toEqual({ desired: 'prepare', epoch: 2 });
    expect(await fleet.counters('b')).toMatchObject({ held: 1, run: 0 });
  });

  it('no second move of the stream begins', async () => {
    await fleet.register('c');
    expect(await fleet.startMove(streamId, 'a', 'c', 1)).toEqual([]);
  });

  it('a silent target aborts it at its deadline: the source is undisturbed', async () => {
    await passDeadline();
    expect(await states()).toEqual(['aborted']);
    expect(await fleet.assignment(streamId)).toMatchObject({
      serverId: 'a',
      epoch: 1,
      status: 'running',
      failedOn: ['b'],
    });
    expect(await fleet.told('b', streamId)).toEqual({ desired: 'stop', epoch: 2 });
    expect(await fleet.counters('b')).toMatchObject({ held: 1 });
    expect(await ack('b', 2, 'stopped')).toMatchObject([{ accepted: true }]);
    expect(await fleet.counters('b')).toMatchObject({ held: 0 });
  });

  it('a target that cannot prepare it aborts it at once, with its reason', async () => {
    await fleet.ack('b', b, [{ streamId, epoch: 2, state: 'failed', error: 'no codec' }]);
    expect(await states()).toEqual(['aborted']);
    expect(await error()).toContain('no codec');
    expect(await fleet.assignment(streamId)).toMatchObject({ serverId: 'a', status: 'running' });
    expect(await fleet.ends()).toEqual([]);
  });

  it.each(['cordon', 'drain'] as const)('a %s of the target aborts it', async (action) => {
    const intent = { action, isOperator: true };
    await changeInstanceState(test.database.control, fleet.fleetId, 'b', intent);
    expect(await states()).toEqual(['aborted']);
    expect(await fleet.told('b', streamId)).toMatchObject({ desired: 'stop' });
    expect(await fleet.told('a', streamId)).toMatchObject({ desired: 'run' });
  });

  it('a lost target aborts it, and leaves no end', async () => {
    await test.setClockOffset(60_000);
    await fleet.takeOver('b', b);
    await test.setClockOffset(0);
    expect(await states()).toEqual(['aborted']);
    expect(await fleet.ends()).toEqual([]);
    expect(await fleet.told('a', streamId)).toEqual({ desired: 'run', epoch: 1 });
  });

  it('a target that registers anew aborts it', async () => {
    b = await fleet.register('b');
    expect(await states()).toEqual(['aborted']);
    expect((await fleet.deliver('b')).changes).toEqual([]);
  });

  it('a lost source is followed by the target at once, without a plan', async () => {
    await test.setClockOffset(60_000);
    await test.database.control.query(
      `update instance_leases set lease_expires_at = weir_now() + interval '10 s'
       where fleet_id = $1 and server_id = 'b'`,
      [fleet.fleetId],
    );
    await fleet.takeOver('a', a);
    expect(await fleet.told('b', streamId)).toEqual({ desired: 'run', epoch: 3 });
    await ack('b', 3, 'running');
    expect(await states()).toEqual(['done']);
    await test.setClockOffset(0);
  });

  it('a source that stops by itself hands over', async () => {
    await ack('a', 1, 'stopped');
    expect(await fleet.assignment(streamId)).toMatchObject({ serverId: 'b', epoch: 3 });
    expect(await states()).toEqual(['starting']);
  });

  it('a source that leaves hands over', async () => {
    await leaveFleet(test.database.control, fleet.fleetId, { serverId: 'a', incarnation: a });
    expect(await fleet.assignment(streamId)).toMatchObject({ serverId: 'b', status: 'starting' });
  });

  it('a source that registers anew waits out its old lease before the target starts', async () => {
    await test.database.control.query(
      `update moves set step_timeout_ms = 60000 where fleet_id = $1`,
      [fleet.fleetId],
    );
    await fleet.ack('b', b, [{ streamId, epoch: 2, state: 'prepared' }]);
    a = await fleet.register('a');
    expect(await fleet.assignment(streamId)).toMatchObject({ serverId: null });
    expect(await states()).toEqual(['stopping']);
    expect(await advance()).toBe(0);
    await test.database.control.query(
      `update assignments set not_before = weir_now() where fleet_id = $1`,
      [fleet.fleetId],
    );
    expect(await advance()).toBe(1);
    expect(await fleet.assignment(streamId)).toMatchObject({ serverId: 'b', epoch: 3 });
  });

  it('is not said to be prepared by an ack of another epoch', async () => {
    const stale = [{ streamId, epoch: 1, state: 'prepared' as const }];
    expect(await fleet.ack('b', b, stale)).toEqual([
      { streamId, accepted: false, code: 'NOT_PREPARING' },
    ]);
    expect(await states()).toEqual(['preparing']);
  });

  it('does not make the source stop while the fleet is frozen, but afterwards', async () => {
    const settings = { ...DEFAULT_FLEET_SETTINGS, frozen: true };
    const acks = [{ streamId, epoch: 2, state: 'prepared' as const }];
    const sender = { serverId: 'b', incarnation: b };
    await applyAcks(test.database.control, fleet.fleetId, sender, { acks, settings });
    expect(await fleet.told('a', streamId)).toMatchObject({ desired: 'run' });
    expect(await advance()).toBe(1);
    expect(await fleet.told('a', streamId)).toMatchObject({ desired: 'stop' });
  });

  it('a resync of the target, which never lists what it prepares, changes nothing', async () => {
    const sender = { serverId: 'b', incarnation: b };
    const request = { fleetId: fleet.fleetId, sender, report: { running: [] } };
    const answer = await resyncInstance(test.database.control, cipher, request);
    expect(answer).toMatchObject({ start: [], stop: [] });
    expect(await states()).toEqual(['preparing']);
  });
});

describe('while the source stops', () => {
  beforeEach(async () => {
    await fleet.prepared('b', b, streamId);
    expect(await states()).toEqual(['stopping']);
    expect(await fleet.told('a', streamId)).toEqual({ desired: 'stop', epoch: 1 });
  });

  it('a stream that is disabled meanwhile is not rolled back: its source goes on stopping', async () => {
    const store = { runner: test.database.control, cipher, fleetId: fleet.fleetId };
    await changeStream(store, streamId, { enabled: false });
    expect(await states()).toEqual(['aborted']);
    expect(await fleet.told('a', streamId)).toEqual({ desired: 'stop', epoch: 1 });
    expect(await fleet.told('b', streamId)).toMatchObject({ desired: 'stop' });
    await ack('a', 1, 'stopped');
    expect(await fleet.assignment(streamId)).toMatchObject({ serverId: null });
  });

  it('an ack of the target that comes twice changes nothing', async () => {
    await fleet.prepared('b', b, streamId);
    expect(await states()).toEqual(['stopping']);
    expect(await fleet.told('a', streamId)).toEqual({ desired: 'stop', epoch: 1 });
  });

  it('a silent source is rolled back at its deadline: it runs on under the same epoch', async () => {
    await passDeadline();
    expect(await states()).toEqual(['aborted']);
    expect(await fleet.told('a', streamId)).toEqual({ desired: 'run', epoch: 1 });
    expect(await fleet.told('b', streamId)).toEqual({ desired: 'stop', epoch: 2 });
    expect(await fleet.details('move.aborted')).toMatchObject([{ isRolledBack: true }]);
  });

  it('a source whose answer was late after that is placed anew, under a fresh epoch', async () => {
    await passDeadline();
    await ack('a', 1, 'stopped');
    expect(await fleet.assignment(streamId)).toMatchObject({ serverId: null, epoch: 1 });
    await fleet.register('c');
    expect(await fleet.place([streamId], 'c', 1)).toMatchObject([{ epoch: 3 }]);
  });

  it('a lost target rolls it back', async () => {
    await leaveFleet(test.database.control, fleet.fleetId, { serverId: 'b', incarnation: b });
    expect(await states()).toEqual(['aborted']);
    expect(await fleet.told('a', streamId)).toEqual({ desired: 'run', epoch: 1 });
    expect(await fleet.ends()).toEqual([]);
  });

  it('a cordoned target rolls it back', async () => {
    const intent = { action: 'cordon', isOperator: true } as const;
    await changeInstanceState(test.database.control, fleet.fleetId, 'b', intent);
    expect(await states()).toEqual(['aborted']);
    expect(await fleet.told('a', streamId)).toEqual({ desired: 'run', epoch: 1 });
  });

  it('a source that says so gives the stream to the target in the same transaction', async () => {
    await ack('a', 1, 'stopped');
    expect(await fleet.ends()).toEqual([]);
    expect(await fleet.assignment(streamId)).toMatchObject({ serverId: 'b', epoch: 3 });
    await ack('b', 3, 'running');
    expect(await states()).toEqual(['done']);
  });
});

describe('while the target starts', () => {
  beforeEach(async () => {
    await fleet.prepared('b', b, streamId);
    await ack('a', 1, 'stopped');
    expect(await states()).toEqual(['starting']);
  });

  it('a silent target is told to stop at its deadline, and counts as one that failed', async () => {
    await passDeadline();
    expect(await states()).toEqual(['aborted']);
    expect(await fleet.told('b', streamId)).toEqual({ desired: 'stop', epoch: 3 });
    await ack('b', 3, 'stopped');
    expect(await fleet.assignment(streamId)).toMatchObject({ serverId: null, failedOn: ['b'] });
  });

  it('a target that fails ends it, and the stream is free', async () => {
    await ack('b', 3, 'failed');
    expect(await states()).toEqual(['aborted']);
    expect(await fleet.assignment(streamId)).toMatchObject({ serverId: null, failedOn: ['b'] });
  });

  it('a lost source is of no account', async () => {
    await leaveFleet(test.database.control, fleet.fleetId, { serverId: 'a', incarnation: a });
    expect(await states()).toEqual(['starting']);
    await ack('b', 3, 'running');
    expect(await states()).toEqual(['done']);
  });

  it('a lost target frees the stream', async () => {
    await leaveFleet(test.database.control, fleet.fleetId, { serverId: 'b', incarnation: b });
    expect(await states()).toEqual(['aborted']);
    expect(await fleet.assignment(streamId)).toMatchObject({ serverId: null });
  });
});

describe('budgets', () => {
  it('are kept where moves begin, whatever a plan counted on', async () => {
    const ids = await fleet.addStreams(5);
    await fleet.place(ids, 'a');
    await fleet.register('c');
    const moves = ids.map((id, index) => ({
      streamId: id,
      fromServerId: 'a',
      toServerId: index < 3 ? 'c' : 'b',
      expectedEpoch: 1,
      reason: 'balance',
      gain: 1,
      cost: 0,
      sparesInstances: true,
    }));
    const begin = (rules: { inFlightMax?: number; inFlightPerInstanceMax?: number }) =>
      startMoves(test.database.control, fleet.fleetId, moves, { stepTimeoutMs: 1_000, ...rules });
    expect(await begin({ inFlightMax: 1 })).toEqual([]);
    expect(await begin({ inFlightMax: 3 })).toHaveLength(2);
    expect(await begin({ inFlightPerInstanceMax: 3 })).toEqual([]);
    expect(await begin({ inFlightPerInstanceMax: 5 })).toHaveLength(2);
    expect(await states()).toEqual(Array.from({ length: 5 }, () => 'preparing'));
  });
});

describe('the schema', () => {
  const update = (set: string) =>
    test.database.control.query(`update assignments set ${set} where stream_id = $1`, [streamId]);

  it('never gives anybody an epoch that was reserved, or one below', async () => {
    await update('epoch = 2');
    expect(await fleet.assignment(streamId)).toMatchObject({ epoch: 3, reservedEpoch: 2 });
  });

  it('refuses a reserved epoch that falls', async () => {
    await expect(update('reserved_epoch = 1')).rejects.toMatchObject({ code: 'WE004' });
  });
});
