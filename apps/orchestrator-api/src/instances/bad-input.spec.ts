import { EMPTY_DIGEST } from '@weir/domain';
import type { Answer } from '../api.test-support';
import { TestApi } from '../api.test-support';
import type { Problem } from '../problem/problem';

let api: TestApi;
let asInstance: { key: string };
const AT = '/v1/fleets/main/instances';
const REGISTER = { serverId: 'one', host: '127.0.0.1', port: 7080, maxStreams: 10 };
const BEAT = { incarnation: 1, seenRevision: 0, running: { count: 0, digest: EMPTY_DIGEST } };

beforeAll(async () => {
  api = await TestApi.start('bad input');
  asInstance = { key: api.keys.instance };
  await api.post(AT, REGISTER, asInstance);
}, 60_000);
afterAll(async () => {
  await api?.close();
});

const register = (body: unknown): Promise<Answer<Problem>> => api.post(AT, body, asInstance);
const beat = (body: unknown): Promise<Answer<Problem>> =>
  api.post(`${AT}/one/heartbeat`, body, asInstance);
const ack = (body: unknown): Promise<Answer<Problem>> =>
  api.post(`${AT}/one/acks`, body, asInstance);
const resync = (body: unknown): Promise<Answer<Problem>> =>
  api.put(`${AT}/one/running`, body, asInstance);

const pathsOf = ({ body }: Answer<Problem>): string[] => [
  ...new Set((body.errors ?? []).map(({ path }) => path)),
];

async function instanceCount(): Promise<number> {
  const rows = await api.database.control.query('select 1 from instances');
  return rows.length;
}

describe('a registration', () => {
  it('names every field that is missing, wrong or unknown, and writes nothing', async () => {
    const answer = await register({
      serverId: 'a b',
      port: '7080',
      maxStreams: -1,
      labels: { disk: 1 },
      capacity: { cpuCores: -2, disks: 1 },
      running: [{ streamId: 5, epoch: 1.5 }],
      colour: 'red',
    });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(pathsOf(answer).sort()).toEqual([
      'capacity.cpuCores',
      'capacity.disks',
      'colour',
      'host',
      'labels',
      'maxStreams',
      'port',
      'running.0.epoch',
      'running.0.streamId',
      'serverId',
    ]);
    expect(await instanceCount()).toBe(1);
  });

  it.each([
    ['null for an optional field', { zone: null }, 'zone'],
    ['a huge number', { maxStreams: 1e300 }, 'maxStreams'],
    ['a fraction', { port: 7080.5 }, 'port'],
    ['a list for an object', { labels: ['a'] }, 'labels'],
    ['a list for a nested object', { capacity: [] }, 'capacity'],
    ['an object for a list', { running: {} }, 'running'],
    ['too many labels', { labels: manyLabels() }, 'labels'],
    ['an empty host', { host: '' }, 'host'],
    ['a name that is too long', { serverId: 'x'.repeat(129) }, 'serverId'],
    ['a text for a boolean', { takeover: 'yes' }, 'takeover'],
  ])('is refused with %s', async (_what, wrong, path) => {
    const answer = await register({ ...REGISTER, ...wrong });
    expect([answer.status, answer.body.code]).toEqual([400, 'INVALID_INPUT']);
    expect(pathsOf(answer)).toEqual([path]);
  });

  it.each(['[]', '"text"', '5', 'null', 'true'])('is refused when it is %s', async (body) => {
    expect([400]).toContain((await register(body)).status);
  });

  it('is refused without a body', async () => {
    expect((await api.post(AT, undefined, asInstance)).status).toBe(400);
  });
});

describe('a heartbeat', () => {
  it('names every field that is missing, wrong or unknown', async () => {
    const answer = await beat({
      incarnation: -1,
      running: { count: 0.5, digest: 'XYZ', more: 1 },
      metrics: { cpu: 1.5, disk: 3, eventLoopLagMs: '3' },
      streams: [{ load: -1 }, 5, { streamId: '01', state: 7 }],
      colour: 'red',
    });
    expect(answer.status).toBe(400);
    expect(pathsOf(answer).sort()).toEqual([
      'colour',
      'incarnation',
      'metrics.cpu',
      'metrics.disk',
      'metrics.eventLoopLagMs',
      'running.count',
      'running.digest',
      'running.more',
      'seenRevision',
      'streams.0.load',
      'streams.0.streamId',
      'streams.1',
      'streams.2.state',
      'streams.2.streamId',
    ]);
  });

  it('is refused with a number that JSON allows and no double can hold', async () => {
    const body = JSON.stringify({ ...BEAT, metrics: { latencyP95Ms: 0 } });
    const answer = await beat(body.replace('"latencyP95Ms":0', '"latencyP95Ms":1e400'));
    expect(answer.status).toBe(400);
    expect(pathsOf(answer)).toEqual(['metrics.latencyP95Ms']);
  });

  it('is refused at an address that is no name, and with query parameters', async () => {
    const answer = await api.post(
      `/v1/fleets/a%20b/instances/x%2Fy/heartbeat?z=1`,
      BEAT,
      asInstance,
    );
    expect(pathsOf(answer)).toEqual(['fleet', 'serverId', 'z']);
  });

  it('does no harm to those that arrive with it', async () => {
    const [good, bad] = await Promise.all([beat(BEAT), beat({ ...BEAT, incarnation: 'x' })]);
    expect([good.status, bad.status]).toEqual([200, 400]);
  });

  it('of more than 64 KiB is refused', async () => {
    const state = 'x'.repeat(1_000);
    const streams = Array.from({ length: 80 }, (_, index) => ({ streamId: `${index + 1}`, state }));
    const answer = await beat({ ...BEAT, streams });
    expect(answer).toMatchObject({ status: 413, body: { code: 'BODY_TOO_LARGE' } });
  });
});

describe('acknowledgements and resyncs', () => {
  it('name every problem of every entry', async () => {
    const answer = await ack({
      incarnation: 1,
      acks: [{ streamId: '1', epoch: 1, state: 'flying' }, { streamId: '2' }],
    });
    expect(pathsOf(answer).sort()).toEqual(['acks.0.state', 'acks.1.epoch', 'acks.1.state']);
  });

  it('are refused with a checkpoint that is too large or no object', async () => {
    const one = { streamId: '1', epoch: 1, state: 'stopped' };
    const checkpoints = [{ text: 'x'.repeat(20_000) }, [], 5];
    const answer = await ack({
      incarnation: 1,
      acks: checkpoints.map((checkpoint) => ({ ...one, checkpoint })),
    });
    expect(pathsOf(answer)).toEqual(checkpoints.map((_, i) => `acks.${i}.checkpoint`));
  });

  it.each([
    ['a NUL character', '{"a":"\\u0000"}'],
    ['half a surrogate pair', '{"a":"\\ud800"}'],
    ['a number beyond a double', '{"a":1e999}'],
    ['a key that reaches the prototype', '{"__proto__":{"a":1}}'],
  ])('are refused with %s in a checkpoint', async (_what, checkpoint) => {
    const answer = await ack(
      `{"incarnation":1,"acks":[{"streamId":"1","epoch":1,"state":"stopped","checkpoint":${checkpoint}}]}`,
    );
    expect([answer.status, answer.body.code]).toEqual([400, 'INVALID_INPUT']);
    expect(pathsOf(answer)[0]).toMatch(/^acks\.0\.checkpoint\./);
  });

  it('are refused without any entry, or as no list', async () => {
    expect(pathsOf(await ack({ incarnation: 1, acks: [] }))).toEqual(['acks']);
    expect(pathsOf(await resync({ incarnation: 1, running: 'all' }))).toEqual(['running']);
    expect(pathsOf(await resync({ incarnation: 1 }))).toEqual(['running']);
  });

  it('are refused to incarnations that are not the current one', async () => {
    const answer = await ack({
      incarnation: 7,
      acks: [{ streamId: '1', epoch: 1, state: 'running' }],
    });
    expect(answer).toMatchObject({ status: 409, body: { code: 'INCARNATION_FENCED' } });
    expect((await resync({ incarnation: 7, running: [] })).status).toBe(409);
    expect((await api.delete(`${AT}/one?incarnation=7`, asInstance)).status).toBe(409);
    expect((await beat({ ...BEAT, incarnation: 7 })).status).toBe(409);
  });
});

describe('a body', () => {
  it('of 3 MB is refused everywhere, one of 1 MB where nothing is listed', async () => {
    const body = JSON.stringify({ text: 'x'.repeat(3 * 1024 * 1024) });
    for (const send of [register, beat, ack, resync]) {
      expect(await send(body)).toMatchObject({ status: 413, body: { code: 'BODY_TOO_LARGE' } });
    }
    const smaller = JSON.stringify({ text: 'x'.repeat(1024 * 1024) });
    for (const send of [beat, ack]) expect((await send(smaller)).status).toBe(413);
  });

  it('that is not JSON is refused with what is wrong', async () => {
    for (const send of [register, beat, ack, resync]) {
      const answer = await send('{"incarnation":');
      expect(answer).toMatchObject({ status: 400, body: { code: 'MALFORMED_BODY' } });
    }
  });

  it('of another type is refused', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/xml']) {
      const answer = await api.post(AT, 'a=1', {
        ...asInstance,
        headers: { 'content-type': type },
      });
      expect(answer).toMatchObject({ status: 415, body: { code: 'MEDIA_TYPE_UNSUPPORTED' } });
    }
  });

  it('that nests without end is refused', async () => {
    const answer = await register(`{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`);
    expect(answer).toMatchObject({ status: 400, body: { code: 'MALFORMED_BODY' } });
  });

  it('where none is taken is refused by its fields', async () => {
    expect(pathsOf(await api.post(`${AT}/one/drain`, { force: true }))).toEqual(['force']);
  });
});

describe('a caller', () => {
  const calls: [string, string, unknown][] = [
    ['POST', AT, REGISTER],
    ['POST', `${AT}/one/heartbeat`, BEAT],
    ['POST', `${AT}/one/acks`, { incarnation: 1, acks: [] }],
    ['PUT', `${AT}/one/running`, { incarnation: 1, running: [] }],
    ['GET', `${AT}/one/watch?incarnation=1&seenRevision=0`, undefined],
    ['DELETE', `${AT}/one?incarnation=1`, undefined],
  ];

  it.each(calls)('without a key may not %s %s', async (method, path, body) => {
    const answer = await api.call(method, path, body, { key: null });
    expect(answer).toMatchObject({ status: 401, body: { code: 'KEY_MISSING' } });
  });

  it.each(calls)('with a wrong key may not %s %s', async (method, path, body) => {
    const answer = await api.call(method, path, body, { key: 'wrong' });
    expect(answer).toMatchObject({ status: 401, body: { code: 'KEY_INVALID' } });
  });

  it.each(calls)('with another role may not %s %s', async (method, path, body) => {
    for (const key of [api.keys.viewer, api.keys.operator]) {
      const answer = await api.call(method, path, body, { key });
      expect(answer).toMatchObject({ status: 403, body: { code: 'ROLE_FORBIDDEN' } });
    }
  });

  it.each(calls)('with a key for another fleet may not %s %s', async (method, path, body) => {
    const key = await api.addKey('instance', 'other');
    const answer = await api.call(method, path, body, { key });
    expect(answer).toMatchObject({ status: 403, body: { code: 'FLEET_FORBIDDEN' } });
  });

  it('with a key for this fleet may work in it, and create no other', async () => {
    const key = await api.addKey('instance', 'main');
    expect((await api.post(`${AT}/one/heartbeat`, BEAT, { key })).status).toBe(200);
    const answer = await api.post('/v1/fleets/new/instances', REGISTER, { key });
    expect(answer.body.code).toBe('FLEET_FORBIDDEN');
    const fleets = await api.database.control.query(`select 1 from fleets where name = 'new'`);
    expect(fleets).toEqual([]);
  });

  it('with a viewer key may not drain', async () => {
    const answer = await api.post(`${AT}/one/drain`, undefined, { key: api.keys.viewer });
    expect(answer.body.code).toBe('ROLE_FORBIDDEN');
  });
});

function manyLabels(): Record<string, string> {
  return Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`label-${index}`, 'x']));
}
