import type { StreamView } from '@weir/domain';
import { SourceCipher, readFleetDelta } from '@weir/database';
import { TestApi } from '../api.test-support';
import { TestFleet } from '../operator/operator.test-support';

interface StreamPage {
  items: StreamView[];
  next: string | null;
}

const SECRET_SOURCE = 'https://user:hunter2@radio.example/live?token=s3cret';

let api: TestApi;
let fleet: TestFleet;
beforeAll(async () => {
  api = await TestApi.start('streams');
  fleet = await TestFleet.create(api, 'main');
}, 60_000);
afterAll(() => api?.close());

/** What an instance would be given as the source. */
async function storedSource(streamId: string): Promise<string> {
  const rows = await api.database.control.query<{ sealed: Buffer }>(
    'select source_encrypted as sealed from streams where stream_id = $1',
    [streamId],
  );
  return api.app.get(SourceCipher).decrypt(rows[0]!.sealed);
}

describe('a stream', () => {
  it('is created with defaults and waits for an owner', async () => {
    const stream = await fleet.addStream('radio-one');
    expect(stream).toEqual({
      streamId: expect.stringMatching(/^\d+$/),
      name: 'radio-one',
      source: 'https://radio.example/radio-one.mp3',
      weight: 1,
      resources: {},
      moveCost: 1,
      priority: 5,
      exclusive: true,
      autonomyMs: 0,
      requires: {},
      avoid: {},
      spreadGroup: null,
      enabled: true,
      config: {},
      heldBack: null,
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: expect.stringMatching(/Z$/),
    });
    const read = await api.get(`${fleet.path}/streams/${stream.streamId}`);
    expect(read.body).toEqual(stream);
    expect(await fleet.listAssignments('?status=unassigned')).toContainEqual(
      expect.objectContaining({ streamId: stream.streamId, serverId: null, epoch: 0 }),
    );
    expect(await fleet.eventKinds(`&streamId=${stream.streamId}`)).toEqual(['stream.created']);
  });

  it('takes every field', async () => {
    const given = {
      weight: 0.25,
      resources: { cpuCores: 0.5, memoryMb: 512 },
      moveCost: 3,
      priority: 9,
      exclusive: false,
      autonomyMs: 5_000,
      requires: { zone: 'eu-1' },
      avoid: { tier: 'spot' },
      spreadGroup: 'pair',
      enabled: false,
      config: { nested: { list: [1, 'two', null] } },
    };
    expect(await fleet.addStream('complete', given)).toMatchObject(given);
  });

  it('never shows the secrets of its source, and stores them', async () => {
    const stream = await fleet.addStream('secret', { source: SECRET_SOURCE });
    expect(stream.source).toBe('https://***@radio.example/live?token=***');
    const list = await api.get(`${fleet.path}/streams?name=secret`);
    expect(list.text).not.toMatch(/hunter2|s3cret/);
    expect(await storedSource(stream.streamId)).toBe(SECRET_SOURCE);
  });

  it('keeps its source when somebody sends back what was shown', async () => {
    const stream = await fleet.addStream('sent-back', { source: SECRET_SOURCE });
    const path = `${fleet.path}/streams/${stream.streamId}`;
    const same = await api.patch<StreamView>(path, { source: stream.source, weight: 2 });
    expect(same.body).toMatchObject({ source: stream.source, weight: 2 });
    expect(await storedSource(stream.streamId)).toBe(SECRET_SOURCE);
    const other = await api.patch<StreamView>(path, { source: 'https://a:b@other.example/x' });
    expect(other.body.source).toBe('https://***@other.example/x');
    expect(await storedSource(stream.streamId)).toBe('https://a:b@other.example/x');
  });

  it('is gone after DELETE, which may be repeated, and its name is free again', async () => {
    const stream = await fleet.addStream('short-lived');
    const path = `${fleet.path}/streams/${stream.streamId}`;
    expect((await api.delete(path)).status).toBe(204);
    expect((await api.delete(path)).status).toBe(204);
    expect(await api.get(path)).toMatchObject({ status: 404, body: { code: 'STREAM_UNKNOWN' } });
    expect((await api.patch(path, { weight: 2 })).status).toBe(404);
    expect((await fleet.addStream('short-lived')).streamId).not.toBe(stream.streamId);
    expect(await fleet.eventKinds(`&streamId=${stream.streamId}`)).toEqual([
      'stream.created',
      'stream.deleted',
    ]);
  });

  it('has a name of its own in the fleet', async () => {
    const stream = await fleet.addStream('taken');
    const taken = { name: 'taken', source: 'https://radio.example/x' };
    const created = await api.post(`${fleet.path}/streams`, taken);
    expect(created).toMatchObject({ status: 409, body: { code: 'STREAM_NAME_TAKEN' } });
    const renamed = await fleet.addStream('renamed');
    const path = `${fleet.path}/streams/${renamed.streamId}`;
    expect((await api.patch(path, { name: 'taken' })).status).toBe(409);
    expect((await api.patch(path, { name: 'free' })).status).toBe(200);
    const elsewhere = await TestFleet.create(api, 'elsewhere');
    expect((await elsewhere.addStream('taken')).streamId).not.toBe(stream.streamId);
  });
});

describe('a change of a stream that is running', () => {
  let incarnation: number;
  beforeAll(async () => {
    incarnation = await fleet.addInstance('edge-1', 50);
  });

  async function runStream(name: string) {
    const stream = await fleet.addStream(name);
    const epoch = await fleet.run(stream.streamId, 'edge-1', incarnation);
    return { ...stream, epoch, path: `${fleet.path}/streams/${stream.streamId}` };
  }

  it.each([
    ['source', { source: 'https://radio.example/new' }],
    ['config', { config: { a: 1 } }],
    ['exclusive', { exclusive: false }],
    ['autonomyMs', { autonomyMs: 1_000 }],
    ['name', { name: 'running-renamed' }],
  ])('of its %s grants it anew to its owner', async (field, patch) => {
    const { streamId, epoch, path } = await runStream(`running-${field}`);
    expect((await api.patch(path, patch)).status).toBe(200);
    const after = await fleet.assignmentOf(streamId);
    expect(after).toMatchObject({ serverId: 'edge-1', status: 'starting' });
    expect(after.epoch).toBeGreaterThan(epoch);
  });

  it.each([
    ['weight', { weight: 7 }],
    ['priority', { priority: 1 }],
    ['requires', { requires: { zone: 'eu' } }],
    ['spreadGroup', { spreadGroup: 'g' }],
  ])('of its %s only reaches the balancer', async (field, patch) => {
    const { streamId, epoch, path } = await runStream(`bumped-${field}`);
    const before = await fleet.assignmentOf(streamId);
    expect((await api.patch(path, patch)).status).toBe(200);
    const after = await fleet.assignmentOf(streamId);
    expect(after).toMatchObject({ epoch, status: 'running', serverId: 'edge-1' });
    expect(after.revision).toBeGreaterThan(before.revision);
  });

  it('of what it takes is seen by the balancer, and does not start it anew', async () => {
    const own = await TestFleet.create(api, 'takes');
    const incarnation = await own.addInstance('edge-1');
    const { streamId } = await own.addStream('heavy');
    const epoch = await own.run(streamId, 'edge-1', incarnation);
    const before = await own.assignmentOf(streamId);
    const patch = { resources: { memoryMb: 2_048 }, moveCost: 5 };
    const changed = await api.patch(`${own.path}/streams/${streamId}`, patch);
    expect(changed.body).toMatchObject(patch);
    const after = await own.assignmentOf(streamId);
    expect(after).toMatchObject({ epoch, status: 'running' });
    expect(after.revision).toBeGreaterThan(before.revision);
    const delta = await readFleetDelta(api.database.control, own.fleetId, {
      revision: before.revision,
      loadsSinceMs: 0,
    });
    expect(delta.streams).toMatchObject([{ streamId, ...patch }]);
  });

  it('that changes nothing leaves it alone', async () => {
    const { streamId, name, path } = await runStream('unchanged');
    const before = await fleet.assignmentOf(streamId);
    expect((await api.patch(path, { name, weight: 1, config: {} })).status).toBe(200);
    expect(await fleet.assignmentOf(streamId)).toEqual(before);
  });

  it('to disabled tells its owner to stop, and to enabled lets it be placed again', async () => {
    const { streamId, epoch, path } = await runStream('switched');
    await api.patch(path, { enabled: false });
    expect(await fleet.assignmentOf(streamId)).toMatchObject({ status: 'stopping', epoch });
    const stopping = await fleet.assignmentOf(streamId);
    await api.patch(path, { enabled: true, config: { b: 2 } });
    const after = await fleet.assignmentOf(streamId);
    expect(after).toMatchObject({ status: 'stopping', epoch });
    expect(after.revision).toBeGreaterThan(stopping.revision);
  });

  it('to deleted tells its owner to stop', async () => {
    const { streamId, path } = await runStream('deleted-while-running');
    await api.delete(path);
    expect(await fleet.assignmentOf(streamId)).toMatchObject({ status: 'stopping' });
    const held = await fleet.listAssignments('?status=stopping');
    expect(held.map((assignment) => assignment.streamId)).toContain(streamId);
    expect(await fleet.eventKinds(`&streamId=${streamId}`)).toContain('stream.stopped');
  });
});

describe('the list of streams', () => {
  let listed: TestFleet;
  beforeAll(async () => {
    listed = await TestFleet.create(api, 'listed');
    await listed.addStream('a-1', { requires: { zone: 'eu' } });
    await listed.addStream('a-2', { enabled: false, requires: { zone: 'eu', tier: 'gold' } });
    await listed.addStream('a%1');
    await listed.addStream('b-1', { requires: { zone: 'us' } });
  });

  it.each([
    ['', ['a-1', 'a-2', 'a%1', 'b-1']],
    ['?name=a-', ['a-1', 'a-2']],
    ['?name=a%25', ['a%1']],
    ['?enabled=false', ['a-2']],
    ['?enabled=true&name=a-', ['a-1']],
    ['?label=zone%3Deu', ['a-1', 'a-2']],
    ['?label=tier%3Dgold', ['a-2']],
  ])('filtered by %s holds %j', async (query, names) => {
    const { body } = await api.get<StreamPage>(`${listed.path}/streams${query}`);
    expect(body).toMatchObject({ next: null });
    expect(body.items.map(({ name }) => name)).toEqual(names);
  });

  it('is paged in the order of creation', async () => {
    const first = await api.get<StreamPage>(`${listed.path}/streams?limit=3`);
    expect(first.body.items.map(({ name }) => name)).toEqual(['a-1', 'a-2', 'a%1']);
    const path = `${listed.path}/streams?limit=3&after=${first.body.next}`;
    const second = await api.get<StreamPage>(path);
    expect(second.body).toMatchObject({ items: [{ name: 'b-1' }], next: null });
  });

  it.each(['enabled=yes', 'label=zone', 'after=x', 'limit=1.5', 'colour=red', 'name='])(
    'refuses %s',
    async (query) => {
      const answer = await api.get(`${listed.path}/streams?${query}`);
      expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_INPUT' } });
    },
  );
});

describe('bad input for a stream', () => {
  const good = { name: 'fine', source: 'https://radio.example/fine' };

  it('is answered with every problem at once', async () => {
    const answer = await api.post(`${fleet.path}/streams`, {
      name: '',
      weight: -1,
      resources: { cpuCores: -1, disks: 2 },
      moveCost: 1_001,
      priority: 10,
      exclusive: 'yes',
      autonomyMs: 1.5,
      requires: { zone: 1 },
      avoid: [],
      enabled: null,
      config: 'x',
      colour: 'red',
    });
    expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_INPUT' } });
    expect(answer.body.errors?.map(({ path }) => path)).toEqual([
      'source',
      'name',
      'weight',
      'resources.cpuCores',
      'resources.disks',
      'moveCost',
      'priority',
      'exclusive',
      'autonomyMs',
      'requires.zone',
      'avoid',
      'enabled',
      'config',
      'colour',
    ]);
  });

  it.each([
    ['a weight of zero', { weight: 0 }],
    ['a negative weight', { weight: -3 }],
    ['a huge weight', { weight: 1e300 }],
    ['a weight that is text', { weight: '1' }],
    ['a weight of null, which is how JSON writes NaN', { weight: Number.NaN }],
    ['a name that is too long', { name: 'x'.repeat(257) }],
    ['a name with a line break', { name: 'a\nb' }],
    ['a name with a NUL character', { name: 'a\u0000b' }],
    ['a source that is too long', { source: `https://x/${'y'.repeat(8_192)}` }],
    ['a config beyond 16 KiB', { config: { text: 'x'.repeat(16_384) } }],
    [
      'too many labels',
      { requires: Object.fromEntries([...Array(65).keys()].map((i) => [`l${i}`, 'v'])) },
    ],
    ['an id of its own', { streamId: '1' }],
  ])('%s is refused and nothing is written', async (_what, bad) => {
    const answer = await api.post(`${fleet.path}/streams`, { ...good, ...bad });
    expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_INPUT' } });
    const { body } = await api.get<StreamPage>(`${fleet.path}/streams?name=fine`);
    expect(body.items).toEqual([]);
  });

  it('is refused when a number does not fit into JSON', async () => {
    const body = '{"name":"fine","source":"https://x/","weight":1e400}';
    expect((await api.post(`${fleet.path}/streams`, body)).status).toBe(400);
    const noNumber = '{"name":"fine","source":"https://x/","weight":NaN}';
    expect(await api.post(`${fleet.path}/streams`, noNumber)).toMatchObject({
      status: 400,
      body: { code: 'MALFORMED_BODY' },
    });
  });

  it('of a megabyte is refused', async () => {
    const answer = await api.post(`${fleet.path}/streams`, { ...good, pad: 'x'.repeat(1 << 20) });
    expect(answer).toMatchObject({ status: 413, body: { code: 'BODY_TOO_LARGE' } });
  });

  it.each([
    ['GET', '/v1/fleets/none/streams', undefined, 'FLEET_UNKNOWN'],
    ['POST', '/v1/fleets/none/streams', good, 'FLEET_UNKNOWN'],
    ['GET', '/v1/fleets/main/streams/999999', undefined, 'STREAM_UNKNOWN'],
    ['GET', '/v1/fleets/main/streams/abc', undefined, 'STREAM_UNKNOWN'],
    ['GET', '/v1/fleets/main/streams/99999999999999999999', undefined, 'STREAM_UNKNOWN'],
    ['PATCH', '/v1/fleets/main/streams/999999', { weight: 1 }, 'STREAM_UNKNOWN'],
    ['DELETE', '/v1/fleets/main/streams/999999', undefined, 'STREAM_UNKNOWN'],
  ])('%s %s is answered by 404', async (method, path, body, code) => {
    expect(await api.call(method, path, body)).toMatchObject({ status: 404, body: { code } });
  });

  it.each([
    ['POST', '/v1/fleets/main/streams', good],
    ['PATCH', '/v1/fleets/main/streams/1', {}],
    ['DELETE', '/v1/fleets/main/streams/1', undefined],
  ])('%s %s is refused to keys of other roles', async (method, path, body) => {
    for (const key of [api.keys.viewer, api.keys.instance]) {
      expect((await api.call(method, path, body, { key })).status).toBe(403);
    }
    expect((await api.call(method, path, body, { key: null })).status).toBe(401);
  });
});
