import {
  failOverdueStarts,
  forgetFailures,
  readFleetDelta,
  renewLeases,
  retryStream,
} from '@weir/database';
import { DEFAULT_FLEET_SETTINGS } from '@weir/domain';
import { createTestDatabase } from '@weir/testing';
import type { TestDatabase } from '@weir/testing';
import { TestFleet } from './fleet.test-support';

const settings = DEFAULT_FLEET_SETTINGS;
let test: TestDatabase;
let fleet: TestFleet;
let fleetNumber = 0;
let clockMs = 0;

beforeAll(async () => {
  test = await createTestDatabase('failing-streams');
});
afterAll(() => test.close());
beforeEach(async () => {
  fleet = await TestFleet.create(test.database, `fleet-${(fleetNumber += 1)}`);
});

/** Lets time pass by the database's clock. */
async function pass(ms: number): Promise<void> {
  clockMs += ms;
  await test.setClockOffset(clockMs);
}

interface Trouble {
  readonly failures: number;
  readonly failedOn: string[];
  readonly heldBack: string | null;
  readonly restMs: number | null;
  readonly log: { serverId: string; error: string; cause: string }[] | null;
}

async function trouble(streamId: string): Promise<Trouble> {
  const rows = await test.database.control.query<Trouble>(
    `select failures, failed_on as "failedOn", held_back as "heldBack", failure_log as log,
       extract(epoch from rest_until - weir_now())::double precision * 1000 as "restMs"
     from assignments where fleet_id = $1 and stream_id = $2`,
    [fleet.fleetId, streamId],
  );
  return rows[0]!;
}

async function addStream(): Promise<string> {
  const [streamId] = await fleet.addStreams(1);
  return streamId!;
}

/** Gives the stream to the instance, which runs it for so long and then says that it failed. */
async function failOn(serverId: string, incarnation: number, streamId: string, ranForMs?: number) {
  const { epoch } = await fleet.assignment(streamId);
  const granted = await fleet.place([streamId], serverId, epoch);
  expect(granted.length).toBe(1);
  const now = granted[0]!.epoch;
  if (ranForMs !== undefined) {
    await fleet.ack(serverId, incarnation, [{ streamId, epoch: now, state: 'running' }]);
    await pass(ranForMs);
  }
  const error = `no such codec on ${serverId}`;
  await fleet.ack(serverId, incarnation, [{ streamId, epoch: now, state: 'failed', error }]);
}

const renew = async (serverId: string, incarnation: number): Promise<void> => {
  await renewLeases(test.database.heartbeat, [fleet.renewal(serverId, incarnation)]);
};

describe('a stream that instances fail to run', () => {
  it('rests by the database, longer each time, and is granted to nobody meanwhile', async () => {
    const a = await fleet.register('a');
    await fleet.register('b');
    const streamId = await addStream();
    await failOn('a', a, streamId);
    const first = await trouble(streamId);
    expect(first).toMatchObject({ failures: 1, failedOn: ['a'], heldBack: null });
    expect(first.restMs).toBeGreaterThan(3_500);
    expect(first.restMs).toBeLessThanOrEqual(5_000);
    expect(await fleet.place([streamId], 'b', 1)).toEqual([]);
    await pass(5_001);
    await failOn('a', a, streamId);
    const second = await trouble(streamId);
    expect(second.failures).toBe(2);
    expect(second.restMs).toBeGreaterThan(7_500);
  });

  it('is parked after five failures in a row, which is told with every error', async () => {
    const [a, b] = [await fleet.register('a'), await fleet.register('b')];
    const streamId = await addStream();
    for (let count = 0; count < 5; count += 1) {
      await Promise.all([renew('a', a), renew('b', b)]);
      await failOn(count % 2 === 0 ? 'a' : 'b', count % 2 === 0 ? a : b, streamId, 1_000);
      await pass(60_001);
    }
    expect(await trouble(streamId)).toMatchObject({ failures: 5, heldBack: 'parked' });
    const [parked] = await fleet.details('stream.parked');
    expect(parked).toMatchObject({ failures: 5, parkings: 1 });
    const events = await test.database.control.query<{ severity: string; message: string }>(
      `select severity, message from events where fleet_id = $1 and kind = 'stream.parked'`,
      [fleet.fleetId],
    );
    expect(events[0]?.severity).toBe('ERROR');
    expect(events[0]?.message).toContain('a: no such codec on a; b: no such codec on b');
  });

  it('is tried again by itself after a while, and parked for longer when it fails', async () => {
    const a = await fleet.register('a');
    const streamId = await addStream();
    for (let count = 0; count < 6; count += 1) {
      await failOn('a', a, streamId);
      await renew('a', a);
      if (count < 5) await pass(60_001);
      await renew('a', a);
    }
    const { heldBack, restMs } = await trouble(streamId);
    expect(heldBack).toBe('parked');
    expect(restMs).toBeGreaterThan(235_000);
    expect((await fleet.details('stream.parked')).map((detail) => detail['parkings'])).toEqual([
      1, 2,
    ]);
  });

  it('keeps its count over starts that last only a moment', async () => {
    const a = await fleet.register('a');
    const streamId = await addStream();
    await failOn('a', a, streamId, 2_000);
    await pass(5_001);
    await failOn('a', a, streamId, 2_000);
    expect(await trouble(streamId)).toMatchObject({ failures: 2, failedOn: ['a'] });
  });

  it('begins anew after a start that lasted', async () => {
    const a = await fleet.register('a');
    const streamId = await addStream();
    await failOn('a', a, streamId, 2_000);
    await pass(5_001);
    await failOn('a', a, streamId, settings.provenAfterMs);
    expect(await trouble(streamId)).toMatchObject({ failures: 1 });
  });

  it('has not failed when its owner was to stop it anyway', async () => {
    const a = await fleet.register('a');
    await fleet.register('b');
    const streamId = await addStream();
    await fleet.place([streamId], 'a');
    await fleet.ack('a', a, [{ streamId, epoch: 1, state: 'running' }]);
    await fleet.startMove(streamId, 'a', 'b', 1);
    await test.database.control.query(
      `update assignments set status = 'stopping' where fleet_id = $1 and stream_id = $2`,
      [fleet.fleetId, streamId],
    );
    await fleet.ack('a', a, [{ streamId, epoch: 1, state: 'failed', error: 'cut short' }]);
    expect(await trouble(streamId)).toMatchObject({ failures: 0, failedOn: [] });
    expect(await fleet.details('stream.failed')).toEqual([]);
  });
});

describe('a stream that failed and runs again', () => {
  async function runAgain(failures: number): Promise<{ streamId: string; a: number }> {
    const a = await fleet.register('a');
    const streamId = await addStream();
    for (let count = 0; count < failures; count += 1) {
      await failOn('a', a, streamId);
      await pass(60_001);
      await renew('a', a);
    }
    const { epoch } = await fleet.assignment(streamId);
    await fleet.place([streamId], 'a', epoch);
    await fleet.ack('a', a, [{ streamId, epoch: epoch + 1, state: 'running' }]);
    return { streamId, a };
  }

  it('is forgiven once its owner was heard of long enough after, and not by time alone', async () => {
    const { streamId, a } = await runAgain(2);
    const forget = () => forgetFailures(test.database.control, fleet.fleetId, settings);
    await pass(settings.provenAfterMs - 1_000);
    await renew('a', a);
    expect(await forget()).toBe(0);
    await pass(3_000);
    // A dead owner says nothing either.
    expect(await forget()).toBe(0);
    expect(await trouble(streamId)).toMatchObject({ failures: 2 });
    await renew('a', a);
    expect(await forget()).toBe(1);
    expect(await trouble(streamId)).toMatchObject({ failures: 0, failedOn: [], log: null });
    expect(await fleet.details('stream.recovered')).toEqual([]);
  });

  it('is not parked any more, which is told', async () => {
    const { streamId, a } = await runAgain(5);
    expect(await trouble(streamId)).toMatchObject({ heldBack: 'parked' });
    await pass(settings.provenAfterMs + 1_000);
    await renew('a', a);
    await forgetFailures(test.database.control, fleet.fleetId, settings);
    expect(await trouble(streamId)).toMatchObject({ heldBack: null, failures: 0 });
    expect(await fleet.details('stream.recovered')).toEqual([{ wasHeldBack: 'parked' }]);
  });
});

describe('a start that hangs', () => {
  const fail = () => failOverdueStarts(test.database.control, fleet.fleetId, settings);

  it('counts as a failure of that instance, which is told to stop and then gives it back', async () => {
    const a = await fleet.register('a');
    const streamId = await addStream();
    await fleet.place([streamId], 'a');
    await pass(settings.startTimeoutMs - 1_000);
    await renew('a', a);
    expect(await fail()).toBe(0);
    await pass(2_000);
    await renew('a', a);
    expect(await fail()).toBe(1);
    expect(await fleet.assignment(streamId)).toMatchObject({ serverId: 'a', status: 'stopping' });
    expect((await fleet.deliver('a')).changes).toMatchObject([{ streamId, desired: 'stop' }]);
    expect(await trouble(streamId)).toMatchObject({ failures: 1, failedOn: ['a'] });
    expect(await fail()).toBe(0);
    await fleet.ack('a', a, [{ streamId, epoch: 1, state: 'stopped' }]);
    const after = await fleet.assignment(streamId);
    expect(after).toMatchObject({ serverId: null, failures: 1, failedOn: ['a'] });
    expect(await fleet.place([streamId], 'a', 1)).toEqual([]);
  });

  it('is not held against an instance that was not heard of meanwhile', async () => {
    await fleet.register('a');
    const streamId = await addStream();
    await fleet.place([streamId], 'a');
    await pass(settings.startTimeoutMs + 1_000);
    expect(await fail()).toBe(0);
    expect(await trouble(streamId)).toMatchObject({ failures: 0 });
  });

  it('is given its time from the end of the lease that it had to wait for', async () => {
    await fleet.register('a');
    const streamId = await addStream();
    await fleet.place([streamId], 'a');
    const a = await fleet.register('a');
    await pass(settings.startTimeoutMs + 1_000);
    await renew('a', a);
    expect(await fail()).toBe(0);
    await pass(15_000);
    await renew('a', a);
    expect(await fail()).toBe(1);
  });
});

describe('an operator who wants a stream tried again', () => {
  it('is obeyed at once, also once it waits for nobody but him', async () => {
    const a = await fleet.register('a');
    const streamId = await addStream();
    await failOn('a', a, streamId);
    await test.database.control.query(
      `update assignments set held_back = 'parked', held_since = weir_now(), rest_until = 'infinity'
       where fleet_id = $1 and stream_id = $2`,
      [fleet.fleetId, streamId],
    );
    const delta = await readFleetDelta(test.database.control, fleet.fleetId, {
      revision: -1,
      loadsSinceMs: 0,
    });
    expect(delta.streams[0]?.notBeforeMs).toBe(Number.POSITIVE_INFINITY);
    await retryStream(test.database.control, fleet.fleetId, streamId);
    await retryStream(test.database.control, fleet.fleetId, streamId);
    expect(await trouble(streamId)).toMatchObject({ failures: 0, heldBack: null, restMs: null });
    expect(await fleet.details('stream.retried')).toEqual([{ wasHeldBack: 'parked' }]);
    expect((await fleet.place([streamId], 'a', 1)).length).toBe(1);
  });

  it('never shortens what is left of a lease', async () => {
    await fleet.register('a', { maxStreams: 1 });
    const streamId = await addStream();
    await fleet.place([streamId], 'a');
    await fleet.register('a', { maxStreams: 0 });
    await test.database.control.query(
      'update assignments set failures = 1 where fleet_id = $1 and stream_id = $2',
      [fleet.fleetId, streamId],
    );
    await retryStream(test.database.control, fleet.fleetId, streamId);
    expect((await fleet.assignment(streamId)).notBeforeMs).toBeGreaterThan(10_000);
  });

  it('is told that there is no such stream', async () => {
    const retrying = retryStream(test.database.control, fleet.fleetId, '999999');
    await expect(retrying).rejects.toMatchObject({ code: 'STREAM_UNKNOWN' });
  });
});
