import {
  applyPlacements,
  fenceInstance,
  leaveFleet,
  renewLeases,
  resyncInstance,
} from '@weir/database';
import { generationOf } from '@weir/domain';
import { createTestDatabase } from '@weir/testing';
import type { TestDatabase } from '@weir/testing';
import { TestFleet, cipher } from './fleet.test-support';

let test: TestDatabase;
let fleet: TestFleet;
let fleetNumber = 0;

beforeAll(async () => {
  test = await createTestDatabase('earlier owners');
});
afterAll(() => test.close());
beforeEach(async () => {
  await test.setClockOffset(0);
  fleet = await TestFleet.create(test.database, `fleet-${(fleetNumber += 1)}`);
});

/** A stream that `a` was given, and that an unannounced second process of `a` waits for. */
async function streamWaitingForOldLease(): Promise<{ streamId: string; incarnation: number }> {
  await fleet.register('a');
  const [streamId] = await fleet.addStreams(1);
  await fleet.place([streamId!], 'a');
  const incarnation = await fleet.register('a');
  return { streamId: streamId!, incarnation };
}

describe('while an earlier process may still run an exclusive stream, nobody else is given it', () => {
  it.each(['stopped', 'failed'] as const)(
    'after the one that waits acknowledges %s',
    async (state) => {
      const { streamId, incarnation } = await streamWaitingForOldLease();
      await fleet.ack('a', incarnation, [{ streamId, epoch: 2, state }]);
      expect((await fleet.assignment(streamId)).notBeforeMs).toBeGreaterThan(10_000);
      await fleet.register('b');
      expect(await fleet.place([streamId], 'b', 2)).toEqual([]);
    },
  );

  it('after the one that waits leaves', async () => {
    const { streamId, incarnation } = await streamWaitingForOldLease();
    await leaveFleet(test.database.control, fleet.fleetId, { serverId: 'a', incarnation });
    await fleet.register('b');
    expect(await fleet.place([streamId], 'b', 2)).toEqual([]);
  });

  it('after a move from the one that waits', async () => {
    const { streamId, incarnation } = await streamWaitingForOldLease();
    await fleet.register('b');
    await fleet.startMove(streamId, 'a', 'b', 2);
    await fleet.ack('a', incarnation, [{ streamId, epoch: 2, state: 'stopped' }]);
    expect(await fleet.told('b', streamId)).toMatchObject({ desired: 'stop' });
    expect(await fleet.assignment(streamId)).toMatchObject({ serverId: null });
  });

  it('after a resync that grants it anew', async () => {
    const { streamId, incarnation } = await streamWaitingForOldLease();
    const answer = await resyncInstance(test.database.control, cipher, {
      fleetId: fleet.fleetId,
      sender: { serverId: 'a', incarnation },
      report: { running: [] },
    });
    expect(answer.start).toMatchObject([{ streamId, epoch: 3 }]);
    expect(answer.start[0]!.notBeforeMs).toBeGreaterThan(10_000);
  });

  it('when the clock was stepped before the second process came, and nobody took it over', async () => {
    await fleet.register('a');
    const [streamId] = await fleet.addStreams(1);
    await fleet.place([streamId!], 'a');
    await test.setClockOffset(3_600_000);
    await fleet.register('a');
    const { changes } = await fleet.deliver('a');
    expect(changes[0]!.notBeforeMs).toBeGreaterThan(14_000);
  });

  it('when the clock was stepped before an operator fenced it', async () => {
    await fleet.register('a');
    const [streamId] = await fleet.addStreams(1);
    await fleet.place([streamId!], 'a');
    await test.setClockOffset(3_600_000);
    await fenceInstance(test.database.control, fleet.fleetId, 'a', {
      reason: 'it does not answer',
      requestedBy: 'somebody',
    });
    expect((await fleet.assignment(streamId!)).notBeforeMs).toBeGreaterThan(14_000);
  });

  it('when its lease is over but its autonomy is not, and nobody took it over', async () => {
    await fleet.register('a');
    const [streamId] = await fleet.addStreams(1, { autonomyMs: 600_000 });
    await fleet.place([streamId!], 'a');
    await test.setClockOffset(60_000);
    await fleet.register('a');
    const { changes } = await fleet.deliver('a');
    expect(changes[0]!.notBeforeMs).toBeGreaterThan(500_000);
  });

  it('when an operator lowered its autonomy and the owner may not know', async () => {
    const incarnation = await fleet.register('a');
    const [streamId] = await fleet.addStreams(1, { autonomyMs: 600_000 });
    await fleet.place([streamId!], 'a');
    await test.database.control.query('update streams set autonomy_ms = 0 where stream_id = $1', [
      streamId,
    ]);
    await test.setClockOffset(60_000);
    await fleet.takeOver('a', incarnation);
    expect((await fleet.assignment(streamId!)).notBeforeMs).toBeGreaterThan(500_000);
  });
});

it('leaving twice is leaving once', async () => {
  const sender = { serverId: 'a', incarnation: await fleet.register('a') };
  await leaveFleet(test.database.control, fleet.fleetId, sender);
  await expect(leaveFleet(test.database.control, fleet.fleetId, sender)).resolves.toBeUndefined();
});

describe('a database that is another one than before', () => {
  it('goes on in a new generation, and grants no exclusive stream until old leases are over', async () => {
    const incarnation = await fleet.register('a');
    const [exclusive] = await fleet.addStreams(1);
    const [shared] = await fleet.addStreams(1, { exclusive: false });
    await test.database.control.query(`update cluster_state set system_identifier = 'another'`);
    const place = (streamId: string) =>
      applyPlacements(test.database.control, fleet.fleetId, [
        { streamId, serverId: 'a', expectedEpoch: 0, reason: 'test', gain: 0, cost: 0 },
      ]);
    expect(await place(exclusive!)).toEqual([]);
    const [granted] = await place(shared!);
    expect(generationOf(granted!.epoch)).toBe(1);
    expect(await fleet.eventKinds()).toContain('generation.bumped');
    await test.setClockOffset(700_000);
    await renewLeases(test.database.heartbeat, [fleet.renewal('a', incarnation)]);
    expect(await place(exclusive!)).toHaveLength(1);
  });

  it('counts revisions on in the new generation, so that none is seen twice', async () => {
    const incarnation = await fleet.register('a');
    const revisionOf = async () => {
      const renewal = fleet.renewal('a', incarnation);
      const [renewed] = await renewLeases(test.database.heartbeat, [renewal]);
      return renewed?.kind === 'renewed' ? renewed.revision : -1;
    };
    const before = await revisionOf();
    await test.database.control.query(`update cluster_state set system_identifier = 'another'`);
    await fleet.addStreams(1);
    await fleet.place(['1'], 'nobody');
    expect(generationOf(await revisionOf())).toBeGreaterThan(generationOf(before));
  });

  it('holds back what was granted and not started, before it renews a lease', async () => {
    const incarnation = await fleet.register('a');
    await test.database.control.query('update cluster_state set quarantine_until = null');
    const [started, unstarted] = await fleet.addStreams(2);
    const granted = await fleet.place([started!, unstarted!], 'a');
    const { epoch } = granted.find(({ streamId }) => streamId === started)!;
    await fleet.ack('a', incarnation, [{ streamId: started!, epoch, state: 'running' }]);
    await replaceDatabase();
    const [renewed] = await renewLeases(test.database.heartbeat, [fleet.renewal('a', incarnation)]);
    expect(renewed?.kind).toBe('renewed');
    const { changes } = await fleet.deliver('a');
    const told = (streamId: string) => changes.find((change) => change.streamId === streamId)!;
    expect(told(started!)).toMatchObject({ epoch, desired: 'run' });
    expect(told(started!)).not.toHaveProperty('notBeforeMs');
    expect(generationOf(told(unstarted!).epoch)).toBe(await readGeneration());
    expect(told(unstarted!).notBeforeMs).toBeGreaterThan(14_000);
  });

  it('opens no incarnation a second time', async () => {
    await fleet.register('a');
    await replaceDatabase();
    expect(generationOf(await fleet.register('a'))).toBe(await readGeneration());
    expect(generationOf(await fleet.register('b'))).toBe(await readGeneration());
  });
});

/** What a restore looks like from here: the database is not the one that is written down in it. */
async function replaceDatabase(): Promise<void> {
  await test.database.control.query(`update cluster_state set system_identifier = 'another'`);
}

async function readGeneration(): Promise<number> {
  const rows = await test.database.control.query<{ generation: number }>(
    'select generation from cluster_state',
  );
  return rows[0]!.generation;
}
