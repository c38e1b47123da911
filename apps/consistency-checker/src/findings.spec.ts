import { randomUUID } from 'node:crypto';
import { advanceMoves, applyAcks, changeOwnership, startMoves, stopStreams } from '@weir/database';
import { DEFAULT_FLEET_SETTINGS } from '@weir/domain';
import { createTestDatabase } from '@weir/testing';
import type { TestDatabase } from '@weir/testing';
import { CheckedFleet, kindsOf } from './checker.test-support';
import { FINDINGS_STORED_MAX } from './run/outcome';

let test: TestDatabase;
let fleet: CheckedFleet;

beforeAll(async () => {
  test = await createTestDatabase('findings');
}, 120_000);
afterAll(() => test?.close());
beforeEach(async () => {
  fleet = await CheckedFleet.create(test.database, `fleet-${randomUUID()}`);
});

describe('a fleet in order', () => {
  it('has no findings and a full score', async () => {
    const a = await fleet.register('a');
    await fleet.place(await fleet.addStreams(50), 'a');
    await fleet.beat('a', a, await fleet.owned('a'));
    const { verdict } = await fleet.verify();
    expect(verdict).toMatchObject({ findingsCount: 0, score: 1, streamsChecked: 50 });
    expect(verdict.instancesChecked).toBe(1);
    expect(await fleet.eventKinds()).not.toContain('consistency.checked');
  });

  it('gives no false findings while ownership changes all the time', async () => {
    await fleet.register('a');
    await fleet.register('b');
    const streams = await fleet.addStreams(200);
    let isOver = false;
    const changing = (async () => {
      for (let round = 0; round < 40; round += 1) {
        const part = streams.slice((round * 5) % 200, ((round * 5) % 200) + 5);
        await fleet.place(part, round % 2 === 0 ? 'a' : 'b');
        const owned = await fleet.owned('a');
        await fleet.beat('a', 1, owned);
        const moves = owned.slice(0, 2).map(({ streamId, epoch }) => ({
          streamId,
          fromServerId: 'a',
          toServerId: 'b',
          expectedEpoch: epoch,
          reason: 'test',
          gain: 0,
          cost: 0,
        }));
        await startMoves(test.database.control, fleet.fleetId, moves, {
          stepTimeoutMs: 30_000,
        });
      }
      isOver = true;
    })();
    const found: string[] = [];
    while (!isOver) found.push(...kindsOf((await fleet.verify()).verdict.findings));
    await changing;
    expect(found).toEqual([]);
  });
});

describe('an owner that is not there any more', () => {
  it('is found with what it still owns, which is freed', async () => {
    await fleet.register('a');
    await fleet.place(await fleet.addStreams(3), 'a');
    for (const table of ['instance_leases', 'instances']) {
      await fleet.corrupt(`delete from ${table} where fleet_id = $1`, [fleet.fleetId]);
    }
    const { verdict, repaired } = await fleet.verify();
    const finding = verdict.findings.find(({ kind }) => kind === 'assignment-to-retired-instance');
    expect(finding).toMatchObject({
      severity: 'ERROR',
      serverId: 'a',
      repair: 'release',
      evidence: { status: null, heldStreams: 3 },
    });
    expect(repaired.has(finding!)).toBe(true);
    const after = (await fleet.verify()).verdict.findings;
    expect(kindsOf(after)).not.toContain('assignment-to-retired-instance');
  });
});

describe('counter drift', () => {
  it('is found with both counts, counted anew, and gone', async () => {
    await fleet.register('a');
    const streams = await fleet.addStreams(10);
    await fleet.place(streams, 'a');
    await fleet.corrupt(
      `update instance_counters set held_count = 3, run_digest = 7 where fleet_id = $1`,
      [fleet.fleetId],
    );
    const first = await fleet.verify();
    expect(first.verdict.findings).toHaveLength(1);
    expect(first.verdict.findings[0]).toMatchObject({
      kind: 'counter-drift',
      severity: 'ERROR',
      serverId: 'a',
      repair: 'recount',
      evidence: { counted: { held: 3 }, actual: { held: 10, run: 10 } },
    });
    expect(first.repaired.size).toBe(1);
    expect((await fleet.verify()).verdict.findingsCount).toBe(0);
    expect(await fleet.eventKinds()).toEqual(
      expect.arrayContaining(['finding.repaired', 'consistency.checked']),
    );
  });

  it('is found after changes past the trigger, and when the counters run ahead', async () => {
    await fleet.register('a');
    const streams = await fleet.addStreams(4);
    await fleet.place(streams, 'a');
    await fleet.corrupt(
      `update assignments set server_id = null, incarnation = null, status = 'unassigned',
         unassigned_since = weir_now() where fleet_id = $1 and stream_id = $2`,
      [fleet.fleetId, streams[0]],
    );
    expect(kindsOf((await fleet.verify()).verdict.findings)).toEqual(['counter-drift']);
    await fleet.corrupt(
      'update instance_counters set changed_revision = 99999 where fleet_id = $1',
      [fleet.fleetId],
    );
    expect(kindsOf((await fleet.verify()).verdict.findings)).toEqual(['counter-drift']);
    expect((await fleet.verify()).verdict.findingsCount).toBe(0);
  });

  it('in a dry run changes nothing', async () => {
    await fleet.register('a');
    await fleet.place(await fleet.addStreams(2), 'a');
    await fleet.corrupt('update instance_counters set held_count = 9 where fleet_id = $1', [
      fleet.fleetId,
    ]);
    const read = () =>
      fleet.query(
        `select c.held_count, c.run_digest, f.revision from instance_counters c
         join fleet_revisions f using (fleet_id) where c.fleet_id = $1`,
        [fleet.fleetId],
      );
    const before = await read();
    const { verdict, repaired } = await fleet.verify(false);
    expect(kindsOf(verdict.findings)).toEqual(['counter-drift']);
    expect(repaired.size).toBe(0);
    expect(await read()).toEqual(before);
    expect(fleet.rung).toEqual([]);
    expect(await fleet.eventKinds()).not.toContain('finding.repaired');
  });
});

describe('an orphaned stream', () => {
  const age = (streamIds: readonly string[], seconds: number) =>
    fleet.query(
      `with aged as (update streams set updated_at = weir_now() - $3 * interval '1 second'
         where fleet_id = $1 and stream_id = any($2::bigint[]))
       update assignments set unassigned_since = weir_now() - $3 * interval '1 second'
       where fleet_id = $1 and stream_id = any($2::bigint[])`,
      [fleet.fleetId, streamIds, seconds],
    );

  it('is none within a lease and its grace, while it must wait, or when unwanted', async () => {
    await fleet.register('a');
    const [young, waiting, disabled] = await fleet.addStreams(3);
    await age([young!], 19);
    await age([waiting!, disabled!], 60);
    await fleet.query(
      `update assignments set not_before = weir_now() + interval '1 minute'
       where fleet_id = $1 and stream_id = $2`,
      [fleet.fleetId, waiting],
    );
    await fleet.query('update streams set enabled = false where fleet_id = $1 and stream_id = $2', [
      fleet.fleetId,
      disabled,
    ]);
    expect((await fleet.verify()).verdict.findingsCount).toBe(0);
  });

  it('rings the balancer when there is room, and is gone once it is placed', async () => {
    await fleet.register('a', 5);
    const [streamId] = await fleet.addStreams(1);
    await age([streamId!], 25);
    const { verdict, repaired } = await fleet.verify();
    expect(verdict.findings).toEqual([
      expect.objectContaining({
        kind: 'orphaned-stream',
        severity: 'ERROR',
        streamId,
        repair: 'ring-balancer',
        evidence: expect.objectContaining({ freeStreams: 5, readyInstances: 1, allowedMs: 20_000 }),
      }),
    ]);
    expect(repaired.size).toBe(1);
    expect(fleet.rung).toEqual([fleet.record.name]);
    await fleet.place([streamId!], 'a');
    expect((await fleet.verify()).verdict.findingsCount).toBe(0);
  });

  it('says why when the balancer said so, or when no instance has room', async () => {
    const [explained, silent] = await fleet.addStreams(2);
    await age([explained!, silent!], 25);
    await fleet.query(
      `update assignments set unplaced_reasons = '{"labels": 2}'
       where fleet_id = $1 and stream_id = $2`,
      [fleet.fleetId, explained],
    );
    const { verdict } = await fleet.verify();
    const byId = new Map(verdict.findings.map((finding) => [finding.streamId, finding]));
    expect(byId.get(explained!)).toMatchObject({ severity: 'WARNING', repair: 'none' });
    expect(byId.get(explained!)?.message).toContain('labels (2)');
    expect(byId.get(silent!)?.message).toContain('none of 0 ready instances has room');
    expect(fleet.rung).toEqual([]);
  });

  it('is listed up to the bound and counted beyond it', async () => {
    await fleet.register('a');
    const streams = await fleet.addStreams(FINDINGS_STORED_MAX + 200);
    await age(streams, 25);
    const { verdict } = await fleet.verify(false);
    expect(verdict.findings).toHaveLength(FINDINGS_STORED_MAX);
    expect(verdict.findingsCount).toBe(FINDINGS_STORED_MAX + 200);
    expect(verdict.score).toBeLessThan(0.1);
    const stored = await fleet.query<{ count: number; all: number }>(
      `select (select count(*) from findings where fleet_id = $1) as count, findings_count as all
       from consistency_reports where fleet_id = $1`,
      [fleet.fleetId],
    );
    expect(stored).toEqual([{ count: FINDINGS_STORED_MAX, all: FINDINGS_STORED_MAX + 200 }]);
  });
});

describe('an expired lease that still owns', () => {
  it('is found after the lease and another one, and only rings the balancer', async () => {
    await fleet.register('a');
    await fleet.place(await fleet.addStreams(3), 'a');
    const expire = (seconds: number) =>
      fleet.query(
        `update instance_leases set lease_expires_at = weir_now() - $2 * interval '1 second'
         where fleet_id = $1`,
        [fleet.fleetId, seconds],
      );
    await expire(19);
    expect((await fleet.verify()).verdict.findingsCount).toBe(0);
    await expire(21);
    const { verdict } = await fleet.verify();
    expect(verdict.findings).toEqual([
      expect.objectContaining({
        kind: 'expired-lease-still-owning',
        serverId: 'a',
        repair: 'ring-balancer',
        evidence: expect.objectContaining({ heldStreams: 3, grantedTtlMs: 15_000 }),
      }),
    ]);
    expect(fleet.rung).toEqual([fleet.record.name]);
    expect(await fleet.owned('a')).toHaveLength(3);
    await fleet.beat('a', 1, await fleet.owned('a'));
    expect((await fleet.verify()).verdict.findingsCount).toBe(0);
  });
});

describe('capacity that is exceeded', () => {
  it('is found with what is owned and what may be', async () => {
    await fleet.register('a', 5);
    await fleet.place(await fleet.addStreams(5), 'a');
    await fleet.query('update instances set max_streams = 2 where fleet_id = $1', [fleet.fleetId]);
    const { verdict } = await fleet.verify();
    expect(verdict.findings).toEqual([
      expect.objectContaining({
        kind: 'capacity-exceeded',
        serverId: 'a',
        evidence: expect.objectContaining({ heldStreams: 5, maxStreams: 2 }),
      }),
    ]);
    await fleet.query('update instances set max_streams = 5 where fleet_id = $1', [fleet.fleetId]);
    expect((await fleet.verify()).verdict.findingsCount).toBe(0);
  });
});

describe('running what is not assigned', () => {
  it('takes two looks with whole heartbeats between them, and ends with a resync', async () => {
    const a = await fleet.register('a');
    const [streamId] = await fleet.addStreams(1);
    const owned = await fleet.place([streamId!], 'a');
    const withGhost = [...owned, { streamId: '4711', epoch: 1 }];
    await fleet.beat('a', a, withGhost);
    expect((await fleet.verify()).verdict.findingsCount).toBe(0);
    await fleet.beat('a', a, withGhost);
    expect((await fleet.verify()).verdict.findingsCount).toBe(0);
    await fleet.beat('a', a, withGhost);
    const { verdict, repaired } = await fleet.verify();
    expect(verdict.findings).toEqual([
      expect.objectContaining({
        kind: 'running-but-not-assigned',
        serverId: 'a',
        message: expect.stringContaining('1 are not its own'),
        evidence: expect.objectContaining({ reported: expect.objectContaining({ count: 2 }) }),
      }),
    ]);
    expect(repaired.size).toBe(1);
    expect(await fleet.beat('a', a, withGhost)).toMatchObject({ isMismatched: true });
    expect(await fleet.beat('a', a, owned)).toMatchObject({ isMismatched: false });
    expect(await fleet.beat('a', a, owned)).toMatchObject({ isMismatched: false });
    expect((await fleet.verify()).verdict.findingsCount).toBe(0);
  });

  it('is no finding while what it should run keeps changing', async () => {
    const a = await fleet.register('a');
    const streams = await fleet.addStreams(6);
    for (const streamId of streams) {
      const before = await fleet.owned('a');
      await fleet.place([streamId], 'a');
      for (let beat = 0; beat < 3; beat += 1) await fleet.beat('a', a, before);
      expect((await fleet.verify()).verdict.findingsCount).toBe(0);
    }
  });
});

describe('a frozen fleet', () => {
  it('is not rung: an operator wants it so', async () => {
    await fleet.register('a');
    const streams = await fleet.addStreams(1);
    await fleet.query(`update fleets set settings = '{"frozen": true}' where fleet_id = $1`, [
      fleet.fleetId,
    ]);
    await fleet.query(
      `with aged as (update streams set updated_at = weir_now() - interval '1 minute'
         where fleet_id = $1)
       update assignments set unassigned_since = weir_now() - interval '1 minute'
       where fleet_id = $1`,
      [fleet.fleetId],
    );
    const { verdict } = await fleet.verify();
    expect(verdict.findings[0]).toMatchObject({ streamId: streams[0], repair: 'none' });
    expect(verdict.findings[0]?.message).toContain('frozen');
    expect(fleet.rung).toEqual([]);
  });
});

describe('a stream that a living instance does not stop', () => {
  const age = (table: string, column: string) =>
    test.database.control.query(
      `update ${table} set ${column} = ${column} - interval '1 hour' where fleet_id = $1`,
      [fleet.fleetId],
    );

  it('is found after the time of a step, said once in the history, and gone with its stop', async () => {
    const a = await fleet.register('a');
    const streamIds = await fleet.addStreams(1);
    const [owned] = await fleet.place(streamIds, 'a');
    await fleet.beat('a', a, await fleet.owned('a'));
    await changeOwnership(test.database.control, fleet.fleetId, 'test', (change) =>
      stopStreams(change, streamIds),
    );
    expect(kindsOf((await fleet.verify()).verdict.findings)).not.toContain('stuck-stop');
    await age('assignments', 'stopping_since');
    for (let time = 0; time < 2; time += 1) {
      const { findings } = (await fleet.verify()).verdict;
      const stuck = findings.find(({ kind }) => kind === 'stuck-stop');
      expect(stuck).toMatchObject({ severity: 'ERROR', serverId: 'a', repair: 'announce' });
    }
    const kinds = await fleet.eventKinds();
    expect(kinds.filter((kind) => kind === 'stream.stuck')).toHaveLength(1);
    await applyAcks(
      test.database.control,
      fleet.fleetId,
      { serverId: 'a', incarnation: a },
      { acks: [{ ...owned!, state: 'stopped' }], settings: DEFAULT_FLEET_SETTINGS },
    );
    expect(kindsOf((await fleet.verify()).verdict.findings)).not.toContain('stuck-stop');
  });

  it('is a warning where it only takes room, and an overdue move is found beside it', async () => {
    await fleet.register('a');
    await fleet.register('b');
    const [owned] = await fleet.place(await fleet.addStreams(1), 'a');
    const ends = { streamId: owned!.streamId, fromServerId: 'a', toServerId: 'b' };
    const why = { expectedEpoch: owned!.epoch, reason: 'test', gain: 0, cost: 0 };
    await startMoves(test.database.control, fleet.fleetId, [{ ...ends, ...why }], {
      stepTimeoutMs: 1_000,
    });
    await age('moves', 'deadline');
    const overdue = (await fleet.verify()).verdict.findings.map(({ kind, repair }) => [
      kind,
      repair,
    ]);
    expect(overdue).toContainEqual(['stuck-move', 'ring-balancer']);
    await advanceMoves(test.database.control, fleet.fleetId);
    await age('move_ends', 'desired_since');
    const left = (await fleet.verify()).verdict.findings;
    expect(left.find(({ kind }) => kind === 'stuck-stop')).toMatchObject({
      severity: 'WARNING',
      serverId: 'b',
    });
    expect(kindsOf(left)).not.toContain('stuck-move');
    expect(kindsOf(left)).not.toContain('counter-drift');
  });
});
