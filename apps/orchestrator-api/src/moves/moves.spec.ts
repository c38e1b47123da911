import { applyAcks, changeInstanceState, readDeliveries, SourceCipher } from '@weir/database';
import { DEFAULT_FLEET_SETTINGS } from '@weir/domain';
import type { AckState, AssignmentView, InstanceView, MoveView } from '@weir/domain';
import { TestApi } from '../api.test-support';
import { TestFleet } from '../operator/operator.test-support';

let api: TestApi;
let fleet: TestFleet;
let incarnations: Record<string, number>;
let streamId: string;
let fleetNumber = 0;

beforeAll(async () => {
  api = await TestApi.start('moves');
}, 60_000);
afterAll(() => api?.close(), 30_000);
beforeEach(async () => {
  fleet = await TestFleet.create(api, `fleet-${(fleetNumber += 1)}`);
  incarnations = { from: await fleet.addInstance('from'), to: await fleet.addInstance('to', 2) };
  streamId = (await fleet.addStream('radio')).streamId;
  await fleet.run(streamId, 'from', incarnations['from']!);
});

const begin = (body: unknown = { streamId, toServerId: 'to' }, options = {}) =>
  api.post<MoveView & { code?: string; errors?: { path: string; message: string }[] }>(
    `${fleet.path}/moves`,
    body,
    options,
  );
const steer = (moveId: string, action: string) =>
  api.post<MoveView & { code?: string }>(`${fleet.path}/moves/${moveId}/${action}`);
const assignment = async (): Promise<AssignmentView> =>
  (await api.get<{ items: AssignmentView[] }>(`${fleet.path}/assignments`)).body.items[0]!;

/** What `serverId` is told of the stream. */
async function told(serverId: string): Promise<{ desired: string; epoch: number }> {
  const { control } = api.database;
  const cipher = api.app.get(SourceCipher);
  const query = { fleetId: fleet.fleetId, serverId, seenRevision: -1 };
  const [delivery] = await readDeliveries(control, cipher, [query]);
  const found = delivery!.changes.find((change) => change.streamId === streamId);
  return { desired: found?.desired ?? 'nothing', epoch: found?.epoch ?? -1 };
}

async function ack(serverId: string, state: AckState): Promise<void> {
  const { epoch } = await told(serverId);
  const sender = { serverId, incarnation: incarnations[serverId]! };
  const acks = [{ streamId, epoch, state }];
  const settings = DEFAULT_FLEET_SETTINGS;
  await applyAcks(api.database.control, fleet.fleetId, sender, { acks, settings });
}

describe('a move by hand', () => {
  it('begins at once, is found under its id, and reaches its target', async () => {
    const { status, body } = await begin({ streamId, toServerId: 'to', reason: 'disk swap' });
    expect(status).toBe(202);
    expect(body).toMatchObject({
      streamId,
      fromServerId: 'from',
      toServerId: 'to',
      state: 'preparing',
      exclusive: true,
      reason: 'disk swap',
      planId: null,
      deadline: expect.stringMatching(/Z$/),
    });
    expect(await assignment()).toMatchObject({
      serverId: 'from',
      ends: [{ serverId: 'to', desired: 'prepare', epoch: 2 }],
    });
    await ack('to', 'prepared');
    await ack('from', 'stopped');
    await ack('to', 'running');
    const { body: done } = await api.get<MoveView>(`${fleet.path}/moves/${body.moveId}`);
    expect(done).toMatchObject({ state: 'done', deadline: null });
    expect(await assignment()).toMatchObject({ serverId: 'to', status: 'running' });
  });

  it('is begun once, however often the same request is sent', async () => {
    const headers = { 'idempotency-key': `once-${fleetNumber}` };
    const first = await begin(undefined, { headers });
    const second = await begin(undefined, { headers });
    expect(second.body).toEqual(first.body);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
  });

  it('names everything that forbids it', async () => {
    const picky = await fleet.addStream('picky', { requires: { region: 'eu' } });
    await fleet.run(picky.streamId, 'from', incarnations['from']!);
    const intent = { action: 'cordon', isOperator: true } as const;
    await changeInstanceState(api.database.control, fleet.fleetId, 'to', intent);
    const { status, body } = await begin({ streamId: picky.streamId, toServerId: 'to' });
    expect([status, body.code]).toEqual([422, 'MOVE_FORBIDDEN']);
    expect(body.errors).toEqual([
      { path: 'toServerId', message: expect.stringContaining('cordoned') },
      { path: 'toServerId', message: expect.stringContaining('region=eu') },
    ]);
  });

  it('does not begin on an instance without room', async () => {
    for (const name of ['one', 'two']) {
      const other = await fleet.addStream(name);
      await fleet.run(other.streamId, 'to', incarnations['to']!);
    }
    const { status, body } = await begin();
    expect([status, body.code]).toEqual([422, 'MOVE_FORBIDDEN']);
    expect(body.errors?.[0]?.message).toContain('1 more of its 2 streams');
  });

  it('does not begin twice, nor to where the stream is, nor of one without an owner', async () => {
    const { moveId } = (await begin()).body;
    const twice = await begin();
    expect([twice.status, twice.body.code]).toEqual([409, 'MOVE_STATE_CONFLICT']);
    expect(twice.text).toContain(`move ${moveId} takes the stream to to`);
    const there = await begin({ streamId, toServerId: 'from' });
    expect([there.status, there.body.code]).toEqual([409, 'MOVE_STATE_CONFLICT']);
    const lonely = await fleet.addStream('lonely');
    const free = await begin({ streamId: lonely.streamId, toServerId: 'to' });
    expect([free.status, free.body.code]).toEqual([409, 'MOVE_STATE_CONFLICT']);
  });

  it('is held back by the budget of the fleet, and by a freeze', async () => {
    const other = await fleet.addStream('other');
    await fleet.run(other.streamId, 'from', incarnations['from']!);
    await api.patch(fleet.path, { movesInFlightMax: 1 });
    await begin();
    const spent = await begin({ streamId: other.streamId, toServerId: 'to' });
    expect([spent.status, spent.body.code]).toEqual([409, 'MOVE_BUDGET_SPENT']);
    await api.patch(fleet.path, { frozen: true });
    const frozen = await begin({ streamId: other.streamId, toServerId: 'to' });
    expect([frozen.status, frozen.body.code]).toEqual([409, 'FLEET_FROZEN']);
  });

  it.each([
    [{}, ['streamId', 'toServerId']],
    [{ streamId: 7, toServerId: 'a b', epoch: 3 }, ['epoch', 'streamId', 'toServerId']],
    [{ streamId: '1', toServerId: 'to', reason: '' }, ['reason']],
  ])('refuses %j and names every problem', async (body, paths) => {
    const answer = await begin(body);
    expect([answer.status, answer.body.code]).toEqual([400, 'INVALID_INPUT']);
    expect(answer.body.errors?.map(({ path }) => path).sort()).toEqual(paths);
  });

  it('is told of what does not exist, and not to viewers or instances', async () => {
    expect((await begin({ streamId: '999999', toServerId: 'to' })).body.code).toBe(
      'STREAM_UNKNOWN',
    );
    expect((await begin({ streamId, toServerId: 'nobody' })).body.code).toBe('INSTANCE_UNKNOWN');
    expect((await begin(undefined, { key: api.keys.viewer })).status).toBe(403);
    expect((await begin(undefined, { key: api.keys.instance })).status).toBe(403);
    for (const id of ['999999', 'x', '%00']) {
      expect((await api.get(`${fleet.path}/moves/${id}`)).body.code).toBe('MOVE_UNKNOWN');
      expect((await steer(id, 'cancel')).body.code).toBe('MOVE_UNKNOWN');
      expect((await steer(id, 'force')).body.code).toBe('MOVE_UNKNOWN');
    }
  });
});

describe('cancelling a move', () => {
  it('leaves the source undisturbed while the target prepares', async () => {
    const { moveId } = (await begin()).body;
    expect((await steer(moveId, 'cancel')).body).toMatchObject({ state: 'cancelled' });
    expect(await told('from')).toMatchObject({ desired: 'run' });
    expect(await told('to')).toMatchObject({ desired: 'stop' });
    const again = await steer(moveId, 'cancel');
    expect([again.status, again.body.code]).toEqual([409, 'MOVE_STATE_CONFLICT']);
  });

  it('lets a source that was told to stop run on', async () => {
    const { moveId } = (await begin()).body;
    await ack('to', 'prepared');
    expect(await told('from')).toMatchObject({ desired: 'stop' });
    await steer(moveId, 'cancel');
    expect(await told('from')).toEqual({ desired: 'run', epoch: 1 });
    expect(await fleet.eventKinds()).toContain('move.cancelled');
  });

  it('comes too late once the target owns the stream', async () => {
    const { moveId } = (await begin()).body;
    await ack('to', 'prepared');
    await ack('from', 'stopped');
    const late = await steer(moveId, 'cancel');
    expect([late.status, late.body.code]).toEqual([409, 'MOVE_STATE_CONFLICT']);
    const force = await steer(moveId, 'force');
    expect([force.status, force.body.code]).toEqual([409, 'MOVE_STATE_CONFLICT']);
  });
});

describe('forcing a move', () => {
  it('tells the source to stop, prepared or not', async () => {
    const { moveId } = (await begin()).body;
    expect((await steer(moveId, 'force')).body).toMatchObject({ state: 'stopping' });
    expect(await told('from')).toMatchObject({ desired: 'stop' });
  });

  it('fences a source that does not stop, and waits for the end of its lease', async () => {
    const { moveId } = (await begin()).body;
    await steer(moveId, 'force');
    expect((await steer(moveId, 'force')).body).toMatchObject({ state: 'stopping' });
    const { body } = await api.get<InstanceView>(`${fleet.path}/instances/from`);
    expect(body.status).toBe('lost');
    expect(await assignment()).toMatchObject({ serverId: null });
    expect(await told('to')).toMatchObject({ desired: 'prepare' });
    const again = await steer(moveId, 'force');
    expect([again.status, again.body.code]).toEqual([409, 'MOVE_STATE_CONFLICT']);
  });
});

describe('fencing an instance', () => {
  const fence = (serverId: string, body: unknown = { reason: 'does not stop' }, options = {}) =>
    api.post<InstanceView & { code?: string; errors?: { path: string }[] }>(
      `${fleet.path}/instances/${serverId}/fence`,
      body,
      options,
    );

  it('ends its incarnation: no renewal any more, and its streams go elsewhere', async () => {
    const shared = await fleet.addStream('shared', { exclusive: false });
    await fleet.run(shared.streamId, 'from', incarnations['from']!);
    expect((await fence('from')).body).toMatchObject({ serverId: 'from', status: 'lost' });
    const { control } = api.database;
    const waits = await control.query<{ streamId: string; waits: boolean }>(
      `select stream_id::text as "streamId", coalesce(not_before > weir_now(), false) as waits
       from assignments where fleet_id = $1 and server_id is null`,
      [fleet.fleetId],
    );
    expect(Object.fromEntries(waits.map((row) => [row.streamId, row.waits]))).toEqual({
      [streamId]: true,
      [shared.streamId]: false,
    });
    const beat = await api.post(
      `${fleet.path}/instances/from/heartbeat`,
      {
        incarnation: incarnations['from'],
        seenRevision: 0,
        running: { count: 0, digest: '0000000000000000' },
      },
      { key: api.keys.instance },
    );
    expect([beat.status, beat.body.code]).toEqual([409, 'INCARNATION_FENCED']);
    const again = await fence('from');
    expect([again.status, again.body.code]).toEqual([409, 'INSTANCE_STATE_CONFLICT']);
  });

  it('wants a reason, an instance, and an operator', async () => {
    for (const body of [{}, { reason: '' }, { reason: 'x', now: true }]) {
      expect((await fence('from', body)).status).toBe(400);
    }
    expect((await fence('nobody')).body.code).toBe('INSTANCE_UNKNOWN');
    expect((await fence('%00')).body.code).toBe('INSTANCE_UNKNOWN');
    expect((await fence('from', undefined, { key: api.keys.instance })).status).toBe(403);
  });
});
