import { applyAcks, judgeLosses, registerInstance } from '@weir/database';
import { DEFAULT_FLEET_SETTINGS } from '@weir/domain';
import type { AssignmentView, InstanceView, StreamView } from '@weir/domain';
import { TestApi } from '../api.test-support';
import { TestFleet } from '../operator/operator.test-support';
import type { ExplanationDto } from '../planning/explain.dto';

const settings = DEFAULT_FLEET_SETTINGS;
let api: TestApi;
beforeAll(async () => {
  api = await TestApi.start('held-back');
}, 60_000);
afterAll(() => api?.close());

/** Lets the stream fail on the instance until it is parked; rests are cut short. */
async function park(fleet: TestFleet, streamId: string, serverId: string): Promise<void> {
  const incarnation = await fleet.addInstance(serverId);
  for (let count = 0; count < settings.parkAfterFailures; count += 1) {
    await endRest(fleet, streamId);
    const epoch = await fleet.run(streamId, serverId, incarnation);
    const ack = { streamId, epoch, state: 'failed', error: 'no such codec' } as const;
    const sender = { serverId, incarnation };
    await applyAcks(api.database.control, fleet.fleetId, sender, { acks: [ack], settings });
  }
}

async function endRest(fleet: TestFleet, streamId: string): Promise<void> {
  await api.database.control.query(
    'update assignments set rest_until = null where fleet_id = $1 and stream_id = $2',
    [fleet.fleetId, streamId],
  );
}

/** Three instances die with the stream. */
async function isolate(fleet: TestFleet, streamId: string): Promise<void> {
  for (const serverId of ['edge-1', 'edge-2', 'edge-3', 'edge-4']) {
    const incarnation = await fleet.addInstance(serverId);
    await fleet.run(streamId, serverId, incarnation);
    const again = { serverId, host: '127.0.0.1', port: 7080, maxStreams: 0, takeover: true };
    await registerInstance(api.database.control, fleet.fleetId, again, 15_000);
    await judgeLosses(api.database.control, fleet.fleetId, settings);
    if ((await fleet.listAssignments('?heldBack=isolated')).length > 0) return;
  }
}

describe('a parked stream', () => {
  let fleet: TestFleet;
  let stream: StreamView;
  beforeAll(async () => {
    fleet = await TestFleet.create(api, 'parking');
    stream = await fleet.addStream('broken');
    await fleet.addStream('well');
    await park(fleet, stream.streamId, 'edge-1');
  });

  it('is listed with since when, why, when it is tried again and how to end it', async () => {
    const [assignment, ...others] = await fleet.listAssignments('?heldBack=parked');
    expect(others).toEqual([]);
    expect(assignment).toMatchObject({
      streamId: stream.streamId,
      status: 'unassigned',
      failures: 5,
      heldBack: {
        kind: 'parked',
        because: '5 failures in a row: edge-1: no such codec',
        howToRetry: expect.stringContaining('/retry'),
        losses: [],
      },
    });
    const { heldBack, restUntil } = assignment!;
    expect(heldBack!.failures).toHaveLength(5);
    expect(heldBack!.failures[0]).toMatchObject({ serverId: 'edge-1', cause: 'failed' });
    expect(heldBack!.retryAt).toBe(restUntil);
    expect(Date.parse(heldBack!.retryAt!)).toBeGreaterThan(Date.parse(heldBack!.since));
    const { body } = await api.get<StreamView>(`${fleet.path}/streams/${stream.streamId}`);
    expect(body.heldBack).toBe('parked');
  });

  it('is explained, also when it waits for an operator alone', async () => {
    const path = `${fleet.path}/streams/${stream.streamId}/explain`;
    const timed = await api.get<ExplanationDto>(path);
    expect(timed.body).toMatchObject({ state: 'waiting', heldBack: { kind: 'parked' } });
    expect(timed.body.notBefore).toBeDefined();
    await api.database.control.query(
      `update assignments set rest_until = 'infinity' where fleet_id = $1 and stream_id = $2`,
      [fleet.fleetId, stream.streamId],
    );
    const { body } = await api.get<ExplanationDto>(path);
    expect(body).toMatchObject({ state: 'waiting', heldBack: { kind: 'parked', retryAt: null } });
    expect(body.notBefore).toBeUndefined();
  });

  it('is like any other after it was tried again, and trying it twice changes nothing', async () => {
    const path = `${fleet.path}/streams/${stream.streamId}/retry`;
    const first = await api.post<AssignmentView>(path, undefined);
    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({ failures: 0, restUntil: null, heldBack: null });
    const { revision } = await fleet.assignmentOf(stream.streamId);
    const second = await api.post<AssignmentView>(path, undefined);
    expect(second.body.heldBack).toBeNull();
    expect((await fleet.assignmentOf(stream.streamId)).revision).toBe(revision);
    const kinds = await fleet.eventKinds(`&streamId=${stream.streamId}`);
    expect(kinds.filter((kind) => kind === 'stream.parked')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'stream.retried')).toHaveLength(1);
  });

  it.each([
    ['source', { source: 'https://radio.example/mended.mp3' }],
    ['config', { config: { codec: 'aac' } }],
    ['requires', { requires: { zone: 'eu' } }],
    ['enabled', { enabled: false }],
  ])('gets a fresh chance by a change of its %s', async (what, patch) => {
    const own = await TestFleet.create(api, `fresh-${what}`);
    const { streamId } = await own.addStream('broken');
    await park(own, streamId, 'edge-1');
    const changed = await api.patch<StreamView>(`${own.path}/streams/${streamId}`, patch);
    expect(changed.body.heldBack).toBeNull();
    expect(await own.listAssignments('?heldBack=parked')).toEqual([]);
  });

  it('stays parked by a change of what is not to blame', async () => {
    const own = await TestFleet.create(api, 'stays');
    const { streamId } = await own.addStream('broken');
    await park(own, streamId, 'edge-1');
    const changed = await api.patch<StreamView>(`${own.path}/streams/${streamId}`, { weight: 3 });
    expect(changed.body.heldBack).toBe('parked');
  });

  it('gets a fresh chance by an import that mends it', async () => {
    const own = await TestFleet.create(api, 'imported');
    const { streamId } = await own.addStream('broken');
    await park(own, streamId, 'edge-1');
    const line = JSON.stringify({ name: 'broken', source: 'https://radio.example/new.mp3' });
    const headers = { 'content-type': 'application/x-ndjson' };
    const answer = await api.call('POST', `${own.path}/streams:import`, line, { headers });
    expect(answer.status).toBe(200);
    expect(await own.listAssignments('?heldBack=parked')).toEqual([]);
  });
});

describe('an isolated stream', () => {
  it('is listed with the instances that died, and runs again when an operator says so', async () => {
    const fleet = await TestFleet.create(api, 'isolating');
    const stream = await fleet.addStream('poison');
    await isolate(fleet, stream.streamId);
    const [assignment] = await fleet.listAssignments('?heldBack=isolated');
    expect(assignment).toMatchObject({ streamId: stream.streamId, serverId: null });
    const { losses, retryAt, because } = assignment!.heldBack!;
    expect(losses.length).toBe(3);
    expect(losses[0]).toMatchObject({ serverId: 'edge-1', incarnation: 1 });
    expect(retryAt).toBeNull();
    expect(because).toContain('3 instances died soon after they got it');
    const path = `${fleet.path}/streams/${stream.streamId}/retry`;
    expect((await api.post<AssignmentView>(path, undefined)).body.heldBack).toBeNull();
  });
});

describe('an instance that flaps', () => {
  it('is shown until when, and not any more once it was uncordoned', async () => {
    const fleet = await TestFleet.create(api, 'flapping');
    for (const serverId of ['edge-2', 'edge-3']) await fleet.addInstance(serverId);
    for (let count = 0; count < 4; count += 1) await fleet.addInstance('edge-1');
    const path = `${fleet.path}/instances/edge-1`;
    const { body } = await api.get<InstanceView>(path);
    expect(body).toMatchObject({ status: 'ready', incarnation: 4 });
    expect(Date.parse(body.flappingUntil!)).toBeGreaterThan(Date.parse(body.registeredAt));
    expect(await fleet.eventKinds('&serverId=edge-1')).toContain('instance.flapping');
    const after = await api.post<InstanceView>(`${path}/uncordon`, undefined);
    expect(after.body.flappingUntil).toBeNull();
  });
});

describe('bad input', () => {
  it.each([
    ['POST', '/streams/999999/retry', 404, 'STREAM_UNKNOWN'],
    ['POST', '/streams/x/retry', 404, 'STREAM_UNKNOWN'],
    ['POST', '/streams/-1/retry', 404, 'STREAM_UNKNOWN'],
    ['GET', '/streams/1/retry', 405, 'METHOD_NOT_ALLOWED'],
    ['GET', '/assignments?heldBack=all', 400, 'INVALID_INPUT'],
    ['GET', '/assignments?heldBack=', 400, 'INVALID_INPUT'],
  ] as const)('%s %s is answered with %d %s', async (method, path, status, code) => {
    await TestFleet.create(api, 'bad');
    const answer = await api.call(method, `/v1/fleets/bad${path}`, undefined);
    expect(answer).toMatchObject({ status, body: { code } });
  });

  it('is an unknown fleet, a deleted stream, a key that may only read', async () => {
    const fleet = await TestFleet.create(api, 'refusing');
    const { streamId } = await fleet.addStream('gone');
    const path = `${fleet.path}/streams/${streamId}/retry`;
    const viewer = await api.post(path, undefined, { key: api.keys.viewer });
    expect(viewer).toMatchObject({ status: 403, body: { code: 'ROLE_FORBIDDEN' } });
    await api.call('DELETE', `${fleet.path}/streams/${streamId}`);
    expect(await api.post(path, undefined)).toMatchObject({ status: 404 });
    const nowhere = await api.post('/v1/fleets/nowhere/streams/1/retry', undefined);
    expect(nowhere).toMatchObject({ status: 404, body: { code: 'FLEET_UNKNOWN' } });
  });

  it('is settings out of bounds, each named, and those that do not fit together', async () => {
    const answer = await api.put('/v1/fleets/unset', {
      parkAfterFailures: 0,
      parkRetryMs: -1,
      provenAfterMs: 1.5,
      startTimeoutMs: 10,
      isolateAfterLosses: 1,
      isolatePercentMax: 51,
      flapsMax: 'three',
      retireAfterMs: 0,
    });
    expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_INPUT' } });
    expect(answer.body.errors?.map(({ path }) => path)).toEqual([
      'parkAfterFailures',
      'parkRetryMs',
      'provenAfterMs',
      'startTimeoutMs',
      'isolateAfterLosses',
      'isolatePercentMax',
      'flapsMax',
      'retireAfterMs',
    ]);
    const unfit = { isolateRecentMs: 60_000, isolateWindowMs: 30_000 };
    const second = await api.put('/v1/fleets/unset', unfit);
    expect(second.body.errors).toEqual([
      { path: 'isolateRecentMs', message: 'must be at most isolateWindowMs (30000)' },
    ]);
  });
});
