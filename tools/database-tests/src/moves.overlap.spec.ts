import { advanceMoves, changeStream, leaveFleet, resyncInstance } from '@weir/database';
import { computeDigest } from '@weir/domain';
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
  test = await createTestDatabase('overlapping moves');
});
afterAll(() => test.close());
beforeEach(async () => {
  await test.setClockOffset(0);
  fleet = await TestFleet.create(test.database, `fleet-${(fleetNumber += 1)}`);
  a = await fleet.register('a');
  b = await fleet.register('b');
  streamId = (await fleet.addStreams(1, { exclusive: false }))[0]!;
  await fleet.place([streamId], 'a');
  await fleet.ack('a', a, [{ streamId, epoch: 1, state: 'running' }]);
  await fleet.startMove(streamId, 'a', 'b', 1);
});

const states = async () => (await fleet.moves()).map(({ state }) => state);
const ack = (serverId: string, epoch: number, state: 'running' | 'stopped' | 'failed') =>
  fleet.ack(serverId, serverId === 'a' ? a : b, [{ streamId, epoch, state }]);

async function passDeadline(): Promise<void> {
  await test.database.control.query(
    `update moves set deadline = weir_now() - interval '1 ms' where fleet_id = $1`,
    [fleet.fleetId],
  );
  expect(await advanceMoves(test.database.control, fleet.fleetId)).toBe(1);
}

async function loseSource(): Promise<void> {
  await test.setClockOffset(60_000);
  await test.database.control.query(
    `update instance_leases set lease_expires_at = weir_now() + interval '10 s'
     where fleet_id = $1 and server_id = 'b'`,
    [fleet.fleetId],
  );
  await fleet.takeOver('a', a);
}

describe('while the target starts beside the source', () => {
  it('both run, both are counted, and each is told what is its own', async () => {
    expect(await states()).toEqual(['starting']);
    expect(await fleet.told('a', streamId)).toEqual({ desired: 'run', epoch: 1 });
    expect(await fleet.told('b', streamId)).toEqual({ desired: 'run', epoch: 2 });
    const digest = ({ epoch }: { epoch: number }) => computeDigest([{ streamId, epoch }]).digest;
    expect(await fleet.counters('a')).toEqual({ held: 1, run: 1, digest: digest({ epoch: 1 }) });
    expect(await fleet.counters('b')).toEqual({ held: 1, run: 1, digest: digest({ epoch: 2 }) });
  });

  it('the target owns it once it runs, and the source is told to stop only then', async () => {
    expect(await ack('b', 2, 'running')).toEqual([{ streamId, accepted: true }]);
    expect(await fleet.assignment(streamId)).toMatchObject({
      serverId: 'b',
      epoch: 2,
      status: 'running',
    });
    expect(await states()).toEqual(['stopping']);
    expect(await fleet.told('a', streamId)).toEqual({ desired: 'stop', epoch: 1 });
    expect(await fleet.counters('a')).toMatchObject({ held: 1, run: 0 });
    await ack('a', 1, 'stopped');
    expect(await states()).toEqual(['done']);
    expect(await fleet.counters('a')).toMatchObject({ held: 0, run: 0 });
  });

  it('a source that repeats that it runs does not end it', async () => {
    await ack('a', 1, 'running');
    expect(await states()).toEqual(['starting']);
  });

  it.each(['failed', 'stopped'] as const)(
    'a target that %s leaves all as it was',
    async (state) => {
      await ack('b', 2, state);
      expect(await states()).toEqual(['aborted']);
      expect(await fleet.told('a', streamId)).toEqual({ desired: 'run', epoch: 1 });
      expect(await fleet.ends()).toEqual([]);
      expect(await fleet.counters('b')).toMatchObject({ held: 0, run: 0 });
    },
  );

  it('a silent target is told to stop at its deadline, the source is undisturbed', async () => {
    await passDeadline();
    expect(await states()).toEqual(['aborted']);
    expect(await fleet.told('a', streamId)).toEqual({ desired: 'run', epoch: 1 });
    expect(await fleet.told('b', streamId)).toEqual({ desired: 'stop', epoch: 2 });
    expect(await ack('b', 2, 'running')).toEqual([{ streamId, accepted: true }]);
    expect(await fleet.assignment(streamId)).toMatchObject({ serverId: 'a', epoch: 1 });
    await ack('b', 2, 'stopped');
    expect(await fleet.ends()).toEqual([]);
  });

  it('a lost target leaves all as it was', async () => {
    await leaveFleet(test.database.control, fleet.fleetId, { serverId: 'b', incarnation: b });
    expect(await states()).toEqual(['aborted']);
    expect(await fleet.told('a', streamId)).toEqual({ desired: 'run', epoch: 1 });
  });

  it('a lost source makes the target the owner at once', async () => {
    await loseSource();
    expect(await fleet.assignment(streamId)).toMatchObject({
      serverId: 'b',
      epoch: 2,
      status: 'starting',
    });
    expect(await fleet.ends()).toEqual([]);
    await ack('b', 2, 'running');
    expect(await states()).toEqual(['done']);
  });

  it('a source that gives it back makes the target the owner at once', async () => {
    await ack('a', 1, 'stopped');
    expect(await fleet.assignment(streamId)).toMatchObject({ serverId: 'b', epoch: 2 });
  });

  it.each([{ exclusive: true }, { config: { bitrate: 64 } }])(
    'a stream that becomes %j takes the move back, and its owner starts anew above it',
    async (patch) => {
      const store = { runner: test.database.control, cipher, fleetId: fleet.fleetId };
      await changeStream(store, streamId, patch);
      expect(await states()).toEqual(['aborted']);
      expect(await fleet.told('b', streamId)).toEqual({ desired: 'stop', epoch: 2 });
      expect(await fleet.told('a', streamId)).toEqual({ desired: 'run', epoch: 3 });
      await ack('b', 2, 'running');
      expect(await fleet.assignment(streamId)).toMatchObject({ serverId: 'a', epoch: 3 });
    },
  );

  it('a stream that is disabled stops at both ends', async () => {
    const store = { runner: test.database.control, cipher, fleetId: fleet.fleetId };
    await changeStream(store, streamId, { enabled: false });
    expect(await states()).toEqual(['aborted']);
    expect(await fleet.told('a', streamId)).toEqual({ desired: 'stop', epoch: 1 });
    expect(await fleet.told('b', streamId)).toEqual({ desired: 'stop', epoch: 2 });
  });

  it('a target that has it listed keeps it in a resync, and one that has not gives it up', async () => {
    const sender = { serverId: 'b', incarnation: b };
    const resync = (running: { streamId: string; epoch: number }[]) =>
      resyncInstance(test.database.control, cipher, {
        fleetId: fleet.fleetId,
        sender,
        report: { running },
      });
    expect(await resync([{ streamId, epoch: 2 }])).toMatchObject({ start: [], stop: [] });
    expect(await states()).toEqual(['starting']);
    expect(await resync([{ streamId, epoch: 7 }])).toMatchObject({
      stop: [{ reason: 'STALE_EPOCH' }],
    });
    expect(await states()).toEqual(['aborted']);
    expect(await fleet.told('a', streamId)).toEqual({ desired: 'run', epoch: 1 });
  });
});

describe('while the source stops', () => {
  beforeEach(async () => {
    await ack('b', 2, 'running');
  });

  it('a silent source does not hold the move up for ever, and is still to stop', async () => {
    await passDeadline();
    expect(await states()).toEqual(['done']);
    expect(await fleet.told('a', streamId)).toEqual({ desired: 'stop', epoch: 1 });
    expect((await fleet.moves())[0]!.error).toContain('has not said that it stopped');
  });

  it('a lost source ends it', async () => {
    await loseSource();
    expect(await states()).toEqual(['done']);
    expect(await fleet.ends()).toEqual([]);
  });

  it('a lost target frees the stream, and the source may be given it again', async () => {
    await leaveFleet(test.database.control, fleet.fleetId, { serverId: 'b', incarnation: b });
    expect(await states()).toEqual(['aborted']);
    expect(await fleet.place([streamId], 'a', 2)).toMatchObject([{ epoch: 3 }]);
    expect(await fleet.ends()).toEqual([]);
    expect(await fleet.told('a', streamId)).toEqual({ desired: 'run', epoch: 3 });
  });

  it('a resync in which the source lists it no more ends it', async () => {
    await resyncInstance(test.database.control, cipher, {
      fleetId: fleet.fleetId,
      sender: { serverId: 'a', incarnation: a },
      report: { running: [] },
    });
    expect(await states()).toEqual(['done']);
  });
});
