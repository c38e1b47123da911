import { startMoves, writeUnplaced } from '@weir/database';
import type { AssignmentView, InstanceView, MoveView } from '@weir/domain';
import { TestApi } from '../api.test-support';
import { TestFleet } from '../operator/operator.test-support';

interface ListOf<T> {
  items: T[];
  next: string | null;
}

let api: TestApi;
let fleet: TestFleet;
beforeAll(async () => {
  api = await TestApi.start('instances admin');
  fleet = await TestFleet.create(api, 'main');
}, 60_000);
afterAll(() => api?.close(), 30_000);

describe('an instance', () => {
  it('is shown with its lease, its load and no secrets', async () => {
    const incarnation = await fleet.addInstance('shown', 4);
    const stream = await fleet.addStream('on-shown');
    await fleet.run(stream.streamId, 'shown', incarnation);
    const { status, body } = await api.get<InstanceView>(`${fleet.path}/instances/shown`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      serverId: 'shown',
      status: 'ready',
      incarnation,
      maxStreams: 4,
      assignedStreams: 1,
      loadFactor: 0.25,
      leaseExpiresAt: expect.stringMatching(/Z$/),
      lastHeartbeatAt: null,
    });
  });

  it('is cordoned and uncordoned, as often as one likes', async () => {
    await fleet.addInstance('steered');
    const path = `${fleet.path}/instances/steered`;
    for (let time = 0; time < 2; time += 1) {
      const cordoned = await api.post<InstanceView>(`${path}/cordon`);
      expect(cordoned).toMatchObject({ status: 200, body: { status: 'cordoned' } });
    }
    const uncordoned = await api.post<InstanceView>(`${path}/uncordon`);
    expect(uncordoned).toMatchObject({ status: 200, body: { status: 'ready' } });
    expect(await fleet.eventKinds('&serverId=steered')).toEqual([
      'instance.registered',
      'instance.cordoned',
      'instance.uncordoned',
    ]);
  });

  it('that is gone cannot be cordoned', async () => {
    await fleet.addInstance('gone');
    await api.database.control.query(
      `update instances set status = 'left' where server_id = 'gone'`,
    );
    const answer = await api.post(`${fleet.path}/instances/gone/cordon`);
    expect(answer).toMatchObject({ status: 409, body: { code: 'INSTANCE_STATE_CONFLICT' } });
  });

  it('is found in the list by status and page', async () => {
    const listed = await TestFleet.create(api, 'listed');
    for (const serverId of ['a', 'b', 'c']) await listed.addInstance(serverId);
    await api.post(`${listed.path}/instances/b/cordon`);
    const path = `${listed.path}/instances`;
    const names = async (query: string) => {
      const { body } = await api.get<ListOf<InstanceView>>(path + query);
      return [body.items.map(({ serverId }) => serverId), body.next];
    };
    expect(await names('')).toEqual([['a', 'b', 'c'], null]);
    expect(await names('?status=cordoned')).toEqual([['b'], null]);
    expect(await names('?limit=2')).toEqual([['a', 'b'], 'b']);
    expect(await names('?limit=2&after=b')).toEqual([['c'], null]);
  });

  it.each([
    ['GET', 'instances/unknown', 404, 'INSTANCE_UNKNOWN'],
    ['GET', 'instances/%00', 404, 'INSTANCE_UNKNOWN'],
    ['POST', 'instances/unknown/cordon', 404, 'INSTANCE_UNKNOWN'],
    ['POST', 'instances/unknown/uncordon', 404, 'INSTANCE_UNKNOWN'],
    ['GET', 'instances?status=lazy', 400, 'INVALID_INPUT'],
    ['GET', 'assignments?status=lazy', 400, 'INVALID_INPUT'],
    ['GET', 'assignments?serverId=a%20b', 400, 'INVALID_INPUT'],
    ['GET', 'moves?state=lazy', 400, 'INVALID_INPUT'],
    ['GET', 'moves?after=-1', 400, 'INVALID_INPUT'],
  ])('%s %s is answered by %i %s', async (method, path, status, code) => {
    const answer = await api.call(method, `${fleet.path}/${path}`);
    expect(answer).toMatchObject({ status, body: { code } });
  });

  it.each(['instances', 'assignments', 'moves', 'instances/x'])(
    'of an unknown fleet is not found at %s',
    async (path) => {
      const answer = await api.get(`/v1/fleets/none/${path}`);
      expect(answer).toMatchObject({ status: 404, body: { code: 'FLEET_UNKNOWN' } });
    },
  );

  it('is not steered by a key that may only read', async () => {
    const path = `${fleet.path}/instances/shown/cordon`;
    const answer = await api.post(path, undefined, { key: api.keys.viewer });
    expect(answer).toMatchObject({ status: 403, body: { code: 'ROLE_FORBIDDEN' } });
  });
});

describe('an assignment', () => {
  it('tells what its owner reported', async () => {
    const incarnation = await fleet.addInstance('reporter');
    const stream = await fleet.addStream('reported');
    await fleet.run(stream.streamId, 'reporter', incarnation);
    await api.database.control.query(
      `insert into stream_reports (fleet_id, stream_id, server_id, load, state, error)
       values ($1, $2, 'reporter', 1.5, 'stalled', 'no data')`,
      [fleet.fleetId, stream.streamId],
    );
    expect(await fleet.listAssignments('?serverId=reporter')).toEqual<AssignmentView[]>([
      {
        streamId: stream.streamId,
        streamName: 'reported',
        serverId: 'reporter',
        incarnation,
        epoch: expect.any(Number),
        revision: expect.any(Number),
        status: 'running',
        assignedAt: expect.stringMatching(/Z$/),
        ends: [],
        reportedState: 'stalled',
        reportedError: 'no data',
        reportedLoad: 1.5,
        unplacedReasons: null,
        failures: 0,
        restUntil: null,
        heldBack: null,
      },
    ]);
  });

  it('of a stream that nobody can take is listed with why', async () => {
    const waiting = await TestFleet.create(api, 'waiting');
    const stream = await waiting.addStream('picky', { requires: { zone: 'moon' } });
    await waiting.addStream('switched-off', { enabled: false });
    const reasons = { 'label zone=moon missing': 3 };
    const unplaced = [{ streamId: stream.streamId, reasons }];
    await writeUnplaced(api.database.control, waiting.fleetId, unplaced);
    const listed = await waiting.listAssignments('?status=unassigned');
    expect(listed).toMatchObject([{ streamName: 'picky', unplacedReasons: reasons }]);
  });
});

describe('a move', () => {
  it('is listed newest first, by state', async () => {
    const moving = await TestFleet.create(api, 'moving');
    const incarnation = await moving.addInstance('from');
    await moving.addInstance('to');
    for (const name of ['first', 'second']) {
      const { streamId } = await moving.addStream(name);
      const expectedEpoch = await moving.run(streamId, 'from', incarnation);
      const move = { streamId, fromServerId: 'from', toServerId: 'to', expectedEpoch };
      const why = { reason: 'balance', gain: 0.5, cost: 0.1 };
      await startMoves(api.database.control, moving.fleetId, [{ ...move, ...why }], {
        stepTimeoutMs: 30_000,
      });
    }
    const list = async (query: string) =>
      (await api.get<ListOf<MoveView>>(`${moving.path}/moves${query}`)).body;
    expect((await list('?state=preparing')).items).toMatchObject([
      { streamName: 'second', fromServerId: 'from', toServerId: 'to', gain: 0.5, error: null },
      { streamName: 'first', reason: 'balance', cost: 0.1, state: 'preparing' },
    ]);
    expect((await list('?state=done')).items).toEqual([]);
    const page = await list('?limit=1');
    expect((await list(`?limit=1&after=${page.next}`)).items).toMatchObject([
      { streamName: 'first' },
    ]);
  });
});
