import {
  leaveFleet,
  observeLeases,
  renewLeases,
  resyncInstance,
  takeOverInstances,
} from '@weir/database';
import { DEFAULT_FLEET_SETTINGS, computeDigest } from '@weir/domain';
import { createTestDatabase } from '@weir/testing';
import type { TestDatabase } from '@weir/testing';
import { TestFleet, cipher } from './fleet.test-support';

const settings = DEFAULT_FLEET_SETTINGS;
let test: TestDatabase;
let fleet: TestFleet;
let fleetNumber = 0;

beforeAll(async () => {
  test = await createTestDatabase('ownership');
});
afterAll(() => test.close());
beforeEach(async () => {
  fleet = await TestFleet.create(test.database, `fleet-${(fleetNumber += 1)}`);
});

describe('acknowledgements', () => {
  it('refuses an old epoch and changes nothing', async () => {
    const a = await fleet.register('a');
    const [streamId] = await fleet.addStreams(1);
    await fleet.place([streamId!], 'a');
    const before = await fleet.assignment(streamId!);
    expect(await fleet.ack('a', a, [{ streamId: streamId!, epoch: 0, state: 'stopped' }])).toEqual([
      { streamId, accepted: false, code: 'STALE_EPOCH' },
    ]);
    expect(await fleet.ack('a', a, [{ streamId: '999999', epoch: 1, state: 'running' }])).toEqual([
      { streamId: '999999', accepted: false, code: 'STREAM_UNKNOWN' },
    ]);
    expect(await fleet.assignment(streamId!)).toEqual(before);
  });

  it('refuses everything of an incarnation that is over', async () => {
    const a = await fleet.register('a');
    await fleet.register('a');
    await expect(
      fleet.ack('a', a, [{ streamId: '1', epoch: 1, state: 'running' }]),
    ).rejects.toMatchObject({
      code: 'INCARNATION_FENCED',
    });
  });

  it('gives a stopped stream back with its checkpoint', async () => {
    const a = await fleet.register('a');
    const [streamId] = await fleet.addStreams(1);
    await fleet.place([streamId!], 'a');
    await fleet.ack('a', a, [
      { streamId: streamId!, epoch: 1, state: 'stopped', checkpoint: { at: 7 } },
    ]);
    expect(await fleet.assignment(streamId!)).toMatchObject({
      serverId: null,
      status: 'unassigned',
      epoch: 1,
      checkpoint: { at: 7 },
    });
    expect(await fleet.counters('a')).toMatchObject({
      held: 0,
      run: 0,
      digest: '0000000000000000',
    });
  });

  it('lets a failed stream rest and remembers who failed', async () => {
    const a = await fleet.register('a');
    const [streamId] = await fleet.addStreams(1);
    await fleet.place([streamId!], 'a');
    await fleet.ack('a', a, [
      { streamId: streamId!, epoch: 1, state: 'failed', error: 'no such codec' },
    ]);
    const assignment = await fleet.assignment(streamId!);
    expect(assignment).toMatchObject({ serverId: null, failures: 1, failedOn: ['a'] });
    expect(assignment.restMs).toBeGreaterThan(0.8 * settings.failedRetryMs - 1_000);
    await fleet.register('b');
    expect(await fleet.place([streamId!], 'b', 1)).toEqual([]);
  });
});

describe('moves', () => {
  it('hands the stream to the target in the transaction of the old owner’s acknowledgement', async () => {
    const a = await fleet.register('a');
    const b = await fleet.register('b');
    const [streamId] = await fleet.addStreams(1);
    await fleet.place([streamId!], 'a');
    await fleet.ack('a', a, [{ streamId: streamId!, epoch: 1, state: 'running' }]);
    expect(await fleet.startMove(streamId!, 'a', 'b', 1)).toHaveLength(1);
    expect((await fleet.deliver('a')).changes).toMatchObject([{ desired: 'run', epoch: 1 }]);
    expect((await fleet.deliver('b')).changes).toMatchObject([{ desired: 'prepare', epoch: 2 }]);
    await fleet.prepared('b', b, streamId!);
    expect((await fleet.deliver('a')).changes).toMatchObject([{ desired: 'stop', epoch: 1 }]);
    await fleet.ack('a', a, [
      { streamId: streamId!, epoch: 1, state: 'stopped', checkpoint: { at: 3 } },
    ]);
    expect((await fleet.deliver('b')).changes).toMatchObject([
      { streamId, desired: 'run', epoch: 3, checkpoint: { at: 3 } },
    ]);
    await fleet.ack('b', b, [{ streamId: streamId!, epoch: 3, state: 'running' }]);
    expect(await fleet.eventKinds()).toEqual(
      expect.arrayContaining(['move.started', 'stream.released', 'move.done']),
    );
  });

  it('says of a placement and of a move that is done why, what it gains and what it costs', async () => {
    const a = await fleet.register('a');
    const b = await fleet.register('b');
    const [streamId] = await fleet.addStreams(1);
    await fleet.place([streamId!], 'a');
    await fleet.startMove(streamId!, 'a', 'b', 1);
    await fleet.prepared('b', b, streamId!);
    await fleet.ack('a', a, [{ streamId: streamId!, epoch: 1, state: 'stopped' }]);
    await fleet.ack('b', b, [{ streamId: streamId!, epoch: 3, state: 'running' }]);
    expect(await fleet.details('stream.placed')).toEqual([
      { epoch: 1, reason: 'test', gain: 1, cost: 0.25 },
    ]);
    expect(await fleet.details('move.done')).toEqual([
      { fromServerId: 'a', toServerId: 'b', reason: 'test', gain: 0.5, cost: 0.125 },
    ]);
  });

  it('holds room on the target from its start, so that a placement cannot take it', async () => {
    await fleet.register('a');
    await fleet.register('b', { maxStreams: 1 });
    const [moved, other] = await fleet.addStreams(2);
    await fleet.place([moved!], 'a');
    await fleet.startMove(moved!, 'a', 'b', 1);
    expect(await fleet.place([other!], 'b')).toEqual([]);
  });

  it('aborts when the target is lost, and the stream is free once its owner stopped', async () => {
    const a = await fleet.register('a');
    const b = await fleet.register('b');
    const [streamId] = await fleet.addStreams(1);
    await fleet.place([streamId!], 'a');
    await fleet.startMove(streamId!, 'a', 'b', 1);
    await leaveFleet(test.database.control, fleet.fleetId, { serverId: 'b', incarnation: b });
    await fleet.ack('a', a, [{ streamId: streamId!, epoch: 1, state: 'stopped' }]);
    expect(await fleet.assignment(streamId!)).toMatchObject({
      status: 'unassigned',
      serverId: null,
    });
    expect(await fleet.details('move.aborted')).toMatchObject([
      { fromServerId: 'a', toServerId: 'b', reason: 'test', gain: 0.5, cost: 0.125 },
    ]);
  });

  it('drops a move of a stream that has another owner by now', async () => {
    await fleet.register('a');
    await fleet.register('b');
    const [streamId] = await fleet.addStreams(1);
    await fleet.place([streamId!], 'a');
    expect(await fleet.startMove(streamId!, 'a', 'b', 5)).toEqual([]);
    expect(await fleet.startMove(streamId!, 'b', 'a', 1)).toEqual([]);
  });
});

describe('takeover', () => {
  it('is refused while the database says that the lease holds', async () => {
    const a = await fleet.register('a');
    expect(await fleet.takeOver('a', a)).toEqual([]);
  });

  it('is refused when the instance renewed after it was seen silent', async () => {
    const a = await fleet.register('a');
    const [seen] = await observeLeases(test.database.control, fleet.fleetId);
    await renewLeases(test.database.heartbeat, [fleet.renewal('a', a)]);
    await test.setClockOffset(60_000);
    const lost = await takeOverInstances(test.database.control, fleet.fleetId, [
      { serverId: 'a', incarnation: a, renewals: seen!.renewals },
    ]);
    await test.setClockOffset(0);
    expect(lost).toEqual([]);
  });

  it('fences for good, frees the streams and says so', async () => {
    const a = await fleet.register('a');
    const [streamId] = await fleet.addStreams(1);
    const [patient] = await fleet.addStreams(1, { autonomyMs: 600_000 });
    await fleet.place([streamId!, patient!], 'a');
    await test.setClockOffset(60_000);
    const lost = await fleet.takeOver('a', a);
    const [late] = await renewLeases(test.database.heartbeat, [fleet.renewal('a', a)]);
    const waiting = await fleet.assignment(patient!);
    await test.setClockOffset(0);
    expect(lost).toEqual([{ serverId: 'a', incarnation: a, releasedStreams: 2 }]);
    expect(late).toEqual({ kind: 'fenced' });
    expect(await fleet.assignment(streamId!)).toMatchObject({
      status: 'unassigned',
      serverId: null,
    });
    expect(waiting.notBeforeMs).toBeGreaterThan(500_000);
    expect(await fleet.eventKinds()).toContain('instance.lost');
    await fleet.register('b');
    await fleet.place([streamId!], 'b', 1);
    const [, , failover] = await fleet.details('stream.placed');
    expect(failover).toMatchObject({ epoch: 2, reason: 'failover', fromServerId: 'a' });
    expect(await fleet.counters('a')).toMatchObject({
      held: 0,
      run: 0,
      digest: '0000000000000000',
    });
  });
});

describe('registering again', () => {
  it('hands exclusive streams to the new incarnation not before the old lease is over', async () => {
    await fleet.register('a');
    const [exclusive] = await fleet.addStreams(1);
    const [shared] = await fleet.addStreams(1, { exclusive: false });
    await fleet.place([exclusive!, shared!], 'a');
    await fleet.register('a');
    const { changes } = await fleet.deliver('a');
    const waiting = changes.find((change) => change.streamId === exclusive)!;
    expect(waiting.epoch).toBe(2);
    expect(waiting.notBeforeMs).toBeGreaterThan(14_000);
    expect(changes.find((change) => change.streamId === shared)).not.toHaveProperty('notBeforeMs');
  });

  it('hands them over at once when the caller vouches that the old process is gone', async () => {
    await fleet.register('a');
    const [streamId] = await fleet.addStreams(1);
    await fleet.place([streamId!], 'a');
    await fleet.register('a', { takeover: true });
    const { changes } = await fleet.deliver('a');
    expect(changes).toMatchObject([{ streamId, epoch: 2, desired: 'run' }]);
    expect(changes[0]).not.toHaveProperty('notBeforeMs');
  });

  it('keeps what it still runs under the same epoch, and nothing that is not its own', async () => {
    await fleet.register('a');
    await fleet.register('b');
    const [own, other] = await fleet.addStreams(2);
    await fleet.place([own!], 'a');
    await fleet.place([other!], 'b');
    const incarnation = await fleet.register('a', {
      running: [
        { streamId: own!, epoch: 1 },
        { streamId: other!, epoch: 1 },
      ],
    });
    expect(await fleet.assignment(own!)).toMatchObject({ serverId: 'a', incarnation, epoch: 1 });
    expect(await fleet.assignment(other!)).toMatchObject({ serverId: 'b', epoch: 1 });
  });
});

describe('resync', () => {
  it('grants anew what the instance no longer runs, and stops what is not its own', async () => {
    const a = await fleet.register('a');
    await fleet.register('b');
    const [kept, dropped, foreign] = await fleet.addStreams(3);
    await fleet.place([kept!, dropped!], 'a');
    await fleet.place([foreign!], 'b');
    const answer = await resyncInstance(test.database.control, cipher, {
      fleetId: fleet.fleetId,
      sender: { serverId: 'a', incarnation: a },
      report: {
        running: [
          { streamId: kept!, epoch: 1 },
          { streamId: foreign!, epoch: 1 },
        ],
      },
    });
    expect(answer.start).toMatchObject([{ streamId: dropped, epoch: 2, desired: 'run' }]);
    expect(answer.stop).toEqual([{ streamId: foreign, epoch: 1, reason: 'NOT_OWNED' }]);
    expect(await fleet.assignment(kept!)).toMatchObject({ epoch: 1, serverId: 'a' });
  });

  it('leaves alone what was granted, or told to stop, after the list was made', async () => {
    const a = await fleet.register('a');
    const b = await fleet.register('b');
    const [old, moved] = await fleet.addStreams(2);
    await fleet.place([old!, moved!], 'a');
    const resync = (seenRevision: number) =>
      resyncInstance(test.database.control, cipher, {
        fleetId: fleet.fleetId,
        sender: { serverId: 'a', incarnation: a },
        report: { running: [], seenRevision },
      });
    const seenRevision = (await fleet.deliver('a')).revision;
    const [fresh] = await fleet.addStreams(1);
    await fleet.place([fresh!], 'a');
    await fleet.startMove(moved!, 'a', 'b', 1);
    await fleet.prepared('b', b, moved!);
    const answer = await resync(seenRevision);
    expect(answer.start).toMatchObject([{ streamId: old, epoch: 2 }]);
    expect(await fleet.assignment(fresh!)).toMatchObject({ epoch: 1, serverId: 'a' });
    expect(await fleet.assignment(moved!)).toMatchObject({ epoch: 1, status: 'stopping' });
    await resync((await fleet.deliver('a')).revision);
    expect(await fleet.assignment(fresh!)).toMatchObject({ epoch: 2, serverId: 'a' });
    expect(await fleet.assignment(moved!)).toMatchObject({ epoch: 3, serverId: 'b' });
  });
});

describe('the schema itself', () => {
  const update = (set: string, streamId: string) =>
    test.database.control.query(`update assignments set ${set} where stream_id = $1`, [streamId]);

  it('refuses an epoch that falls, another owner without a higher epoch, and deletion', async () => {
    await fleet.register('a');
    const [streamId] = await fleet.addStreams(1);
    await fleet.place([streamId!], 'a');
    await expect(update('epoch = 0', streamId!)).rejects.toMatchObject({ code: 'WE001' });
    await expect(update(`server_id = 'b'`, streamId!)).rejects.toMatchObject({ code: 'WE002' });
    await expect(
      test.database.control.query('delete from assignments where stream_id = $1', [streamId]),
    ).rejects.toMatchObject({ code: 'WE003' });
  });

  it('refuses an owner without a status and a status without an owner', async () => {
    const [streamId] = await fleet.addStreams(1);
    await expect(update(`status = 'running'`, streamId!)).rejects.toMatchObject({ code: '23514' });
  });
});

it('keeps counters true under many concurrent changes of ownership', async () => {
  const servers = ['a', 'b', 'c', 'd'];
  const incarnations = new Map<string, number>();
  for (const serverId of servers) incarnations.set(serverId, await fleet.register(serverId));
  const streamIds = await fleet.addStreams(40);
  for (const [index, serverId] of servers.entries()) {
    await fleet.place(
      streamIds.filter((_id, position) => position % 4 === index),
      serverId,
    );
  }
  const work = servers.map(async (serverId, index) => {
    const incarnation = incarnations.get(serverId)!;
    const own = streamIds.filter((_id, position) => position % 4 === index);
    await fleet.ack(
      serverId,
      incarnation,
      own.map((streamId) => ({ streamId, epoch: 1, state: 'running' })),
    );
    const target = servers[(index + 1) % 4]!;
    await Promise.all(
      own.slice(0, 3).map((streamId) => fleet.startMove(streamId, serverId, target, 1)),
    );
    await fleet.ack(
      serverId,
      incarnation,
      own.slice(0, 5).map((streamId) => ({ streamId, epoch: 1, state: 'stopped' })),
    );
  });
  await Promise.all(work);
  for (const serverId of servers) {
    const rows = await test.database.control.query<{ streamId: string; epoch: number }>(
      `select stream_id::text as "streamId", epoch from assignments
       where fleet_id = $1 and server_id = $2 and status in ('starting', 'running')`,
      [fleet.fleetId, serverId],
    );
    const { count, digest } = computeDigest(rows);
    expect(await fleet.counters(serverId)).toMatchObject({ run: count, digest });
  }
});
