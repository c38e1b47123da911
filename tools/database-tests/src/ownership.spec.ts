import {
  applyAcks,
  applyPlacements,
  leaveFleet,
  observeLeases,
  renewLeases,
  resyncInstance,
  startMoves,
  takeOverInstances,
} from '@weir/database';
import type { Renewal } from '@weir/database';
import { DEFAULT_FLEET_SETTINGS, computeDigest } from '@weir/domain';
import type { Ack } from '@weir/domain';
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

function place(streamIds: readonly string[], serverId: string, expectedEpoch = 0) {
  const writes = streamIds.map((streamId) => ({
    streamId,
    serverId,
    expectedEpoch,
    reason: 'test',
    gain: 0,
  }));
  return applyPlacements(test.database.control, fleet.fleetId, writes);
}

function ack(serverId: string, incarnation: number, acks: Ack[]) {
  return applyAcks(
    test.database.control,
    fleet.fleetId,
    { serverId, incarnation },
    { acks, settings },
  );
}

function renewal(serverId: string, incarnation: number, more: Partial<Renewal> = {}): Renewal {
  return {
    fleetId: fleet.fleetId,
    serverId,
    incarnation,
    seenRevision: 0,
    runningCount: 0,
    runningDigest: '0000000000000000',
    metrics: undefined,
    leaseTtlMs: 15_000,
    ...more,
  };
}

async function takeOver(serverId: string, incarnation: number) {
  const leases = await observeLeases(test.database.control, fleet.fleetId);
  const renewals = leases.find((lease) => lease.serverId === serverId)?.renewals ?? 0;
  return takeOverInstances(test.database.control, fleet.fleetId, [
    { serverId, incarnation, renewals },
  ]);
}

function startMove(streamId: string, from: string, to: string, expectedEpoch: number) {
  return startMoves(
    test.database.control,
    fleet.fleetId,
    [
      {
        streamId,
        fromServerId: from,
        toServerId: to,
        expectedEpoch,
        reason: 'test',
        gain: 1,
        cost: 1,
      },
    ],
    10_000,
  );
}

describe('placing', () => {
  it('grants each stream once, under a higher epoch, and delivers it by revision', async () => {
    await fleet.register('a');
    const [streamId] = await fleet.addStreams(1);
    const before = (await fleet.deliver('a')).revision;
    expect(await place([streamId!], 'a')).toEqual([{ streamId, serverId: 'a', epoch: 1 }]);
    expect(await place([streamId!], 'a')).toEqual([]);
    const { changes, revision } = await fleet.deliver('a', before);
    expect(changes).toMatchObject([
      { streamId, epoch: 1, desired: 'run', exclusive: true, stream: { source: 'http://radio/' } },
    ]);
    expect((await fleet.deliver('a', revision)).changes).toEqual([]);
  });

  it('never goes beyond the room of an instance', async () => {
    await fleet.register('small', { maxStreams: 3 });
    const streamIds = await fleet.addStreams(5);
    expect(await place(streamIds, 'small')).toHaveLength(3);
    expect((await fleet.counters('small')).held).toBe(3);
  });

  it('drops a grant whose epoch is not the current one', async () => {
    await fleet.register('a');
    const [streamId] = await fleet.addStreams(1);
    expect(await place([streamId!], 'a', 7)).toEqual([]);
  });

  it('keeps the counters and the digest equal to what the instance should run', async () => {
    await fleet.register('a');
    const streamIds = await fleet.addStreams(20);
    const granted = await place(streamIds, 'a');
    const { count, digest } = computeDigest(granted);
    expect(await fleet.counters('a')).toEqual({ held: count, run: count, digest });
  });

  it('gives concurrent placements of one stream to exactly one', async () => {
    const [streamId] = await fleet.addStreams(1);
    for (const serverId of ['a', 'b', 'c']) await fleet.register(serverId);
    const results = await Promise.all(
      ['a', 'b', 'c'].map((serverId) => place([streamId!], serverId)),
    );
    expect(results.flat()).toHaveLength(1);
  });
});

describe('heartbeats', () => {
  it('renews many leases in one transaction and tells each what it should run', async () => {
    const a = await fleet.register('a');
    const b = await fleet.register('b');
    const granted = await place(await fleet.addStreams(2), 'a');
    const committed = test.database.heartbeat.counts.committed;
    const results = await renewLeases(test.database.heartbeat, [
      renewal('a', a),
      renewal('b', b),
      renewal('b', b + 1),
      renewal('nobody', 1),
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
    const results = await renewLeases(test.database.heartbeat, [renewal('a', a), renewal('a', a)]);
    expect(results.map((result) => result.kind)).toEqual(['renewed', 'renewed']);
  });

  it('takes the clock after the wait for a lock, so that a wait does not shorten the lease', async () => {
    const a = await fleet.register('a');
    const blocker = await test.database.control.pool.connect();
    await blocker.query('begin');
    await blocker.query('select 1 from instance_leases where fleet_id = $1 for update', [
      fleet.fleetId,
    ]);
    const renewing = renewLeases(test.database.heartbeat, [renewal('a', a, { leaseTtlMs: 3_000 })]);
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
    const [result] = await renewLeases(test.database.heartbeat, [renewal('a', a)]);
    await test.setClockOffset(0);
    expect(result?.kind).toBe('renewed');
  });

  it('lets the expiry follow the clock back after a forward step of an hour', async () => {
    const a = await fleet.register('a');
    await test.setClockOffset(3_600_000);
    await renewLeases(test.database.heartbeat, [renewal('a', a)]);
    await test.setClockOffset(0);
    await renewLeases(test.database.heartbeat, [renewal('a', a)]);
    const [lease] = await observeLeases(test.database.control, fleet.fleetId);
    expect(lease!.remainingMs).toBeLessThanOrEqual(15_000);
  });

  it('never ends a lease before one that was promised when leaseTtlMs was longer', async () => {
    const a = await fleet.register('a');
    await renewLeases(test.database.heartbeat, [renewal('a', a, { leaseTtlMs: 60_000 })]);
    await renewLeases(test.database.heartbeat, [renewal('a', a, { leaseTtlMs: 3_000 })]);
    await renewLeases(test.database.heartbeat, [renewal('a', a, { leaseTtlMs: 3_000 })]);
    const [lease] = await observeLeases(test.database.control, fleet.fleetId);
    expect(lease!.remainingMs).toBeGreaterThan(55_000);
  });
});

describe('acknowledgements', () => {
  it('refuses an old epoch and changes nothing', async () => {
    const a = await fleet.register('a');
    const [streamId] = await fleet.addStreams(1);
    await place([streamId!], 'a');
    const before = await fleet.assignment(streamId!);
    expect(await ack('a', a, [{ streamId: streamId!, epoch: 0, state: 'stopped' }])).toEqual([
      { streamId, accepted: false, code: 'STALE_EPOCH' },
    ]);
    expect(await ack('a', a, [{ streamId: '999999', epoch: 1, state: 'running' }])).toEqual([
      { streamId: '999999', accepted: false, code: 'STREAM_UNKNOWN' },
    ]);
    expect(await fleet.assignment(streamId!)).toEqual(before);
  });

  it('refuses everything of an incarnation that is over', async () => {
    const a = await fleet.register('a');
    await fleet.register('a');
    await expect(
      ack('a', a, [{ streamId: '1', epoch: 1, state: 'running' }]),
    ).rejects.toMatchObject({
      code: 'INCARNATION_FENCED',
    });
  });

  it('gives a stopped stream back with its checkpoint', async () => {
    const a = await fleet.register('a');
    const [streamId] = await fleet.addStreams(1);
    await place([streamId!], 'a');
    await ack('a', a, [{ streamId: streamId!, epoch: 1, state: 'stopped', checkpoint: { at: 7 } }]);
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
    await place([streamId!], 'a');
    await ack('a', a, [{ streamId: streamId!, epoch: 1, state: 'failed', error: 'no such codec' }]);
    const assignment = await fleet.assignment(streamId!);
    expect(assignment).toMatchObject({ serverId: null, failures: 1, failedOn: ['a'] });
    expect(assignment.notBeforeMs).toBeGreaterThan(settings.failedRetryMs - 1_000);
    await fleet.register('b');
    expect(await place([streamId!], 'b', 1)).toEqual([]);
  });
});

describe('moves', () => {
  it('hands the stream to the target in the transaction of the old owner’s acknowledgement', async () => {
    const a = await fleet.register('a');
    const b = await fleet.register('b');
    const [streamId] = await fleet.addStreams(1);
    await place([streamId!], 'a');
    await ack('a', a, [{ streamId: streamId!, epoch: 1, state: 'running' }]);
    expect(await startMove(streamId!, 'a', 'b', 1)).toHaveLength(1);
    expect((await fleet.deliver('a')).changes).toMatchObject([{ desired: 'stop', epoch: 1 }]);
    expect((await fleet.deliver('b')).changes).toEqual([]);
    await ack('a', a, [{ streamId: streamId!, epoch: 1, state: 'stopped', checkpoint: { at: 3 } }]);
    expect((await fleet.deliver('b')).changes).toMatchObject([
      { streamId, desired: 'run', epoch: 2, checkpoint: { at: 3 } },
    ]);
    await ack('b', b, [{ streamId: streamId!, epoch: 2, state: 'running' }]);
    expect(await fleet.eventKinds()).toEqual(
      expect.arrayContaining(['move.started', 'stream.released', 'move.done']),
    );
  });

  it('holds room on the target from its start, so that a placement cannot take it', async () => {
    await fleet.register('a');
    await fleet.register('b', { maxStreams: 1 });
    const [moved, other] = await fleet.addStreams(2);
    await place([moved!], 'a');
    await startMove(moved!, 'a', 'b', 1);
    expect(await place([other!], 'b')).toEqual([]);
  });

  it('aborts when the target is lost, and the stream is free once its owner stopped', async () => {
    const a = await fleet.register('a');
    const b = await fleet.register('b');
    const [streamId] = await fleet.addStreams(1);
    await place([streamId!], 'a');
    await startMove(streamId!, 'a', 'b', 1);
    await leaveFleet(test.database.control, fleet.fleetId, { serverId: 'b', incarnation: b });
    await ack('a', a, [{ streamId: streamId!, epoch: 1, state: 'stopped' }]);
    expect(await fleet.assignment(streamId!)).toMatchObject({
      status: 'unassigned',
      serverId: null,
    });
    expect(await fleet.eventKinds()).toContain('move.aborted');
  });

  it('drops a move of a stream that has another owner by now', async () => {
    await fleet.register('a');
    await fleet.register('b');
    const [streamId] = await fleet.addStreams(1);
    await place([streamId!], 'a');
    expect(await startMove(streamId!, 'a', 'b', 5)).toEqual([]);
    expect(await startMove(streamId!, 'b', 'a', 1)).toEqual([]);
  });
});

describe('takeover', () => {
  it('is refused while the database says that the lease holds', async () => {
    const a = await fleet.register('a');
    expect(await takeOver('a', a)).toEqual([]);
  });

  it('is refused when the instance renewed after it was seen silent', async () => {
    const a = await fleet.register('a');
    const [seen] = await observeLeases(test.database.control, fleet.fleetId);
    await renewLeases(test.database.heartbeat, [renewal('a', a)]);
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
    await place([streamId!, patient!], 'a');
    await test.setClockOffset(60_000);
    const lost = await takeOver('a', a);
    const [late] = await renewLeases(test.database.heartbeat, [renewal('a', a)]);
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
    await place([exclusive!, shared!], 'a');
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
    await place([streamId!], 'a');
    await fleet.register('a', { takeover: true });
    const { changes } = await fleet.deliver('a');
    expect(changes).toMatchObject([{ streamId, epoch: 2, desired: 'run' }]);
    expect(changes[0]).not.toHaveProperty('notBeforeMs');
  });

  it('keeps what it still runs under the same epoch, and nothing that is not its own', async () => {
    await fleet.register('a');
    await fleet.register('b');
    const [own, other] = await fleet.addStreams(2);
    await place([own!], 'a');
    await place([other!], 'b');
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
    await place([kept!, dropped!], 'a');
    await place([foreign!], 'b');
    const answer = await resyncInstance(test.database.control, cipher, {
      fleetId: fleet.fleetId,
      sender: { serverId: 'a', incarnation: a },
      running: [
        { streamId: kept!, epoch: 1 },
        { streamId: foreign!, epoch: 1 },
      ],
    });
    expect(answer.start).toMatchObject([{ streamId: dropped, epoch: 2, desired: 'run' }]);
    expect(answer.stop).toEqual([{ streamId: foreign, epoch: 1, reason: 'NOT_OWNED' }]);
    expect(await fleet.assignment(kept!)).toMatchObject({ epoch: 1, serverId: 'a' });
  });
});

describe('the schema itself', () => {
  const update = (set: string, streamId: string) =>
    test.database.control.query(`update assignments set ${set} where stream_id = $1`, [streamId]);

  it('refuses an epoch that falls, another owner without a higher epoch, and deletion', async () => {
    await fleet.register('a');
    const [streamId] = await fleet.addStreams(1);
    await place([streamId!], 'a');
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
    await place(
      streamIds.filter((_id, position) => position % 4 === index),
      serverId,
    );
  }
  const work = servers.map(async (serverId, index) => {
    const incarnation = incarnations.get(serverId)!;
    const own = streamIds.filter((_id, position) => position % 4 === index);
    await ack(
      serverId,
      incarnation,
      own.map((streamId) => ({ streamId, epoch: 1, state: 'running' })),
    );
    const target = servers[(index + 1) % 4]!;
    await Promise.all(own.slice(0, 3).map((streamId) => startMove(streamId, serverId, target, 1)));
    await ack(
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
