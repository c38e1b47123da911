import { computeDigest, EMPTY_DIGEST, PROTOCOL_LIMITS } from '@weir/domain';
import { until } from '@weir/testing';
import { TestApi } from '../api.test-support';
import type { Problem } from '../problem/problem';
import { TestInstance, TestStreams } from './instance.test-support';

let api: TestApi;
let streams: TestStreams;
let fleet: string;
let counter = 0;

beforeAll(async () => {
  api = await TestApi.start('instances');
}, 60_000);
afterAll(() => api?.close());

beforeEach(async () => {
  fleet = `fleet-${(counter += 1)}`;
  streams = await TestStreams.inFleet(api, fleet);
});

async function registered(serverId = 'one'): Promise<TestInstance> {
  const instance = new TestInstance(api, fleet, serverId);
  await instance.register();
  return instance;
}

/** An instance that has accepted `count` streams, and knows it. */
async function running(count: number): Promise<TestInstance> {
  const instance = await registered();
  const granted = await streams.give(instance.serverId, count);
  const { body } = await instance.beat();
  instance.seenRevision = body.revision;
  instance.running = granted.map(({ streamId, epoch }) => ({ streamId, epoch }));
  await instance.ack(granted, 'running');
  return instance;
}

describe('registration', () => {
  it('creates the fleet on first use and opens the first incarnation', async () => {
    const instance = new TestInstance(api, 'never-heard-of', 'one');
    const answer = await instance.register();
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      serverId: 'one',
      incarnation: 1,
      leaseTtlMs: 15_000,
      heartbeatIntervalMs: 5_000,
      revision: 1,
      assignments: [],
    });
  });

  it('fences the earlier incarnation at once and hands its streams on, not before its lease ends', async () => {
    const first = await running(2);
    const second = new TestInstance(api, fleet, 'one');
    const { body } = await second.register();
    expect(body.incarnation).toBe(2);
    expect(body.assignments).toHaveLength(2);
    for (const assignment of body.assignments) {
      expect(assignment.desired).toBe('run');
      expect(assignment.notBeforeMs).toBeGreaterThan(10_000);
      expect(assignment.stream.source).toBe('http://user:secret@radio/');
    }
    expect(await first.beat<Problem>()).toMatchObject({
      status: 409,
      body: { code: 'INCARNATION_FENCED' },
    });
  });

  it('hands streams on at once when the caller vouches that the old process is gone', async () => {
    await running(1);
    const { body } = await new TestInstance(api, fleet, 'one').register({ takeover: true });
    expect(body.assignments[0]?.notBeforeMs).toBeUndefined();
  });

  it('lets a returning program keep what it still runs, under the same epoch', async () => {
    const first = await running(2);
    const kept = first.running[0]!;
    const { body } = await new TestInstance(api, fleet, 'one').register({ running: [kept] });
    const epochs = new Map(body.assignments.map((a) => [a.streamId, a.epoch]));
    expect(epochs.get(kept.streamId)).toBe(kept.epoch);
    expect(epochs.get(first.running[1]!.streamId)).toBeGreaterThan(first.running[1]!.epoch);
  });
});

describe('a heartbeat', () => {
  it('renews the lease and says that nothing changed', async () => {
    const instance = await registered();
    const { status, body } = await instance.beat();
    expect(status).toBe(200);
    expect(body).toEqual({
      leaseTtlMs: 15_000,
      heartbeatIntervalMs: 5_000,
      revision: instance.seenRevision,
      status: 'ready',
    });
  });

  it('is committed before it is answered', async () => {
    const instance = await registered();
    await instance.beat({ metrics: { cpu: 0.25 }, running: { count: 0, digest: EMPTY_DIGEST } });
    const rows = await api.database.control.query(
      `select renewals, metrics from instance_leases where fleet_id = $1 and server_id = 'one'`,
      [streams.fleetId],
    );
    expect(rows).toEqual([{ renewals: 1, metrics: { cpu: 0.25 } }]);
  });

  it('brings every change that is newer than what the instance has seen', async () => {
    const instance = await registered();
    const [granted] = await streams.give('one', 1);
    const { body } = await instance.beat();
    expect(body.revision).toBeGreaterThan(instance.seenRevision);
    expect(body.changes).toEqual([
      {
        streamId: granted!.streamId,
        epoch: 1,
        desired: 'run',
        exclusive: true,
        stream: {
          name: expect.stringMatching(/^stream-/),
          source: 'http://user:secret@radio/',
          config: {},
        },
      },
    ]);
    expect(body.resync).toBeUndefined();
  });

  it('brings the same changes again to an instance that has lost the answer', async () => {
    const instance = await registered();
    await streams.give('one', 1);
    const first = await instance.beat();
    const second = await instance.beat();
    expect(second.body.changes).toEqual(first.body.changes);
  });

  it('asks for a resync when the digest differs, and not when it agrees', async () => {
    const instance = await running(3);
    expect((await instance.beat()).body.resync).toBeUndefined();
    const wrong = { ...computeDigest(instance.running), digest: 'ffffffffffffffff' };
    expect((await instance.beat({ running: wrong })).body.resync).toBe(true);
    const missing = computeDigest(instance.running.slice(1));
    expect((await instance.beat({ running: missing })).body.resync).toBe(true);
  });

  it('asks for a resync when the instance has seen more than there is: another database', async () => {
    const instance = await registered();
    const { body } = await instance.beat({ seenRevision: 1_000_000 });
    expect(body).toMatchObject({ resync: true, revision: instance.seenRevision });
  });

  it('asks for a resync when what the instance has seen is of another generation', async () => {
    const instance = await registered();
    await api.database.control.query(
      'update fleet_revisions set revision = revision + (1::bigint << 40)',
    );
    const { body } = await instance.beat();
    expect(body.resync).toBe(true);
    const next = await instance.beat({ seenRevision: body.revision });
    expect(next.body.resync).toBeUndefined();
  });

  it('stores what the instance reports of its own streams, and of no others', async () => {
    const instance = await running(1);
    const [foreign] = await streams.add(1);
    const own = instance.running[0]!.streamId;
    await instance.beat({
      streams: [
        { streamId: own, load: 1.5, state: 'running' },
        { streamId: foreign!, load: 9, state: 'running' },
      ],
    });
    const rows = await until('the report is stored', async () => {
      const found = await api.database.control.query(
        `select stream_id::text as "streamId", load, state from stream_reports where fleet_id = $1`,
        [streams.fleetId],
      );
      return found.length > 0 && found;
    });
    expect(rows).toEqual([{ streamId: own, load: 1.5, state: 'running' }]);
  });

  it('tells of a drain', async () => {
    const instance = await registered();
    await instance.drain();
    expect((await instance.beat()).body.status).toBe('draining');
  });

  it('follows the settings of the fleet within a second', async () => {
    const instance = await registered();
    await streams.change(async (change) => {
      await change.sql.query(`update fleets set settings = '{"leaseTtlMs": 9000}'`);
      change.record({ kind: 'fleet.changed', message: 'shorter leases' });
    });
    const heard = async () => (await instance.beat()).body.leaseTtlMs === 9_000;
    await until('the shorter lease is told', heard, 1_000);
    await api.database.control.query(`update fleets set settings = '{}'`);
  });

  it('of an unknown instance is told to register', async () => {
    const instance = new TestInstance(api, fleet, 'nobody');
    const answer = await instance.beat<Problem>();
    expect(answer).toMatchObject({ status: 404, body: { code: 'INSTANCE_UNKNOWN' } });
  });

  it('in an unknown fleet is refused', async () => {
    const answer = await new TestInstance(api, 'no-such-fleet', 'one').beat<Problem>();
    expect(answer).toMatchObject({ status: 404, body: { code: 'FLEET_UNKNOWN' } });
  });
});

describe('heartbeats that arrive together', () => {
  it('are committed together', async () => {
    const instances = await Promise.all(
      Array.from({ length: 100 }, (_, index) => registered(`server-${index}`)),
    );
    const before = await commits();
    const answers = await Promise.all(instances.map((instance) => instance.beat()));
    expect(answers.map((answer) => answer.status)).toEqual(Array(100).fill(200));
    const renewals = await api.database.control.query<{ count: number }>(
      'select count(*)::integer as count from instance_leases where fleet_id = $1 and renewals = 1',
      [streams.fleetId],
    );
    expect(renewals[0]?.count).toBe(100);
    expect((await commits()) - before).toBeLessThan(50);
  });

  it('of one instance are both answered', async () => {
    const instance = await registered();
    const answers = await Promise.all([instance.beat(), instance.beat()]);
    expect(answers.map((answer) => answer.status)).toEqual([200, 200]);
  });

  /** Transactions that wrote leases: each writes all its rows with one transaction id. */
  async function commits(): Promise<number> {
    const text = (await api.get('/metrics')).text;
    const count = /weir_heartbeat_batch_size_count\{[^}]*\} (\d+)/.exec(text)?.[1];
    return Number(count);
  }
});

describe('acknowledgements', () => {
  it('say one by one what was accepted', async () => {
    const instance = await registered();
    const granted = await streams.give('one', 2);
    const unknown = { streamId: '999999999', epoch: 1 };
    const old = { streamId: granted[1]!.streamId, epoch: granted[1]!.epoch - 1 };
    const answer = await instance.ack([granted[0]!, old, unknown], 'running');
    expect(answer.status).toBe(200);
    expect(answer.body.results).toEqual([
      { streamId: granted[0]!.streamId, accepted: true },
      { streamId: old.streamId, accepted: false, code: 'STALE_EPOCH' },
      { streamId: unknown.streamId, accepted: false, code: 'STREAM_UNKNOWN' },
    ]);
    expect((await streams.ownerOf(granted[0]!.streamId)).status).toBe('running');
    expect((await streams.ownerOf(granted[1]!.streamId)).status).toBe('starting');
  });

  it('of a stop give the stream back with its checkpoint', async () => {
    const instance = await running(1);
    const { streamId, epoch } = instance.running[0]!;
    const ack = { streamId, epoch, state: 'stopped', checkpoint: { position: 17 } };
    await api.post(
      `${instance.path}/acks`,
      { incarnation: instance.incarnation, acks: [ack] },
      { key: api.keys.instance },
    );
    expect((await streams.ownerOf(streamId)).serverId).toBeNull();
    await streams.place('one', [streamId]);
    expect((await instance.beat()).body.changes?.[0]).toMatchObject({
      epoch: epoch + 1,
      checkpoint: { position: 17 },
    });
  });

  it('of a fenced incarnation are refused and change nothing', async () => {
    const first = await running(1);
    await new TestInstance(api, fleet, 'one').register();
    const answer = await first.ack<Problem>(first.running, 'stopped');
    expect(answer).toMatchObject({ status: 409, body: { code: 'INCARNATION_FENCED' } });
    expect((await streams.ownerOf(first.running[0]!.streamId)).serverId).toBe('one');
  });
});

describe('a resync', () => {
  it('starts what is missing under a higher epoch and stops what is not owned', async () => {
    const instance = await running(2);
    const [kept, lost] = instance.running;
    const ghost = { streamId: '999999999', epoch: 5 };
    const { status, body } = await instance.resync([kept!, ghost]);
    expect(status).toBe(200);
    expect(body.stop).toEqual([{ ...ghost, reason: 'NOT_OWNED' }]);
    expect(body.start).toMatchObject([{ streamId: lost!.streamId, epoch: lost!.epoch + 1 }]);
    instance.seenRevision = body.revision;
    instance.running = [kept!, body.start[0]!];
    expect((await instance.beat()).body.resync).toBeUndefined();
  });

  it('leaves alone what the instance has not seen, when it says what it has', async () => {
    const instance = await running(1);
    const [granted] = await streams.give('one', 1);
    const { body } = await instance.resync(instance.running, instance.seenRevision);
    expect(body).toMatchObject({ start: [], stop: [] });
    expect((await instance.beat()).body.changes).toMatchObject([
      { streamId: granted!.streamId, epoch: 1 },
    ]);
  });

  it('and a registration take a list of 20,000 streams, not more', async () => {
    const instance = await registered();
    const list = Array.from({ length: PROTOCOL_LIMITS.runningPerRequest }, (_, index) => ({
      streamId: String(900_000_000_000_000_000n + BigInt(index)),
      epoch: Number.MAX_SAFE_INTEGER - index,
    }));
    const resynced = await instance.resync(list);
    expect([resynced.status, resynced.body.stop.length]).toEqual([200, list.length]);
    expect((await instance.register({ running: list })).status).toBe(201);
    const more = await instance.resync<Problem>([...list, { streamId: '1', epoch: 1 }]);
    expect(more).toMatchObject({ status: 400, body: { code: 'INVALID_INPUT' } });
  });

  it('of an unknown instance is refused', async () => {
    const answer = await new TestInstance(api, fleet, 'nobody').resync<Problem>([]);
    expect(answer).toMatchObject({ status: 404, body: { code: 'INSTANCE_UNKNOWN' } });
  });
});

describe('draining and leaving', () => {
  it("an instance's own drain does not outlive its restart, an operator's does", async () => {
    const instance = await registered();
    expect((await instance.drain()).body).toEqual({ serverId: 'one', status: 'draining' });
    await instance.register({ takeover: true });
    expect((await instance.beat()).body.status).toBe('ready');
    await api.post(`${instance.path}/drain`);
    await instance.register({ takeover: true });
    expect((await instance.beat()).body.status).toBe('cordoned');
  });

  it('is not drained by an incarnation that is over, say one that is being stopped late', async () => {
    const instance = await running(1);
    const drain = (incarnation: number) =>
      api.post<Problem>(`${instance.path}/drain?incarnation=${incarnation}`);
    await instance.register({ takeover: true });
    const { incarnation } = instance;
    expect(await drain(incarnation - 1)).toMatchObject({
      status: 409,
      body: { code: 'INCARNATION_FENCED' },
    });
    expect((await instance.beat()).body.status).toBe('ready');
    expect((await drain(incarnation)).status).toBe(200);
    expect((await instance.beat()).body.status).toBe('draining');
  });

  it('leaving releases everything at once and ends the incarnation', async () => {
    const instance = await running(2);
    const answer = await instance.leave();
    expect([answer.status, answer.text]).toEqual([204, '']);
    const owners = await Promise.all(
      instance.running.map(({ streamId }) => streams.ownerOf(streamId)),
    );
    expect(owners.map(({ serverId }) => serverId)).toEqual([null, null]);
    expect((await instance.leave()).status).toBe(204);
    expect((await instance.beat<Problem>()).body.code).toBe('INCARNATION_FENCED');
    expect((await instance.drain<Problem>()).body.code).toBe('INSTANCE_STATE_CONFLICT');
  });

  it('leaving as an incarnation that is over changes nothing', async () => {
    const first = await running(1);
    await new TestInstance(api, fleet, 'one').register();
    expect(await first.leave()).toMatchObject({
      status: 409,
      body: { code: 'INCARNATION_FENCED' },
    });
    expect((await streams.ownerOf(first.running[0]!.streamId)).serverId).toBe('one');
  });
});
