import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StreamView } from '@weir/domain';
import { TestApi } from '../api.test-support';
import { TestFleet } from '../operator/operator.test-support';
import type { ImportResult } from './import.tally';
import { chunksOf, sendChunks } from './import.test-support';

const NDJSON = 'application/x-ndjson';
const CSV = 'text/csv; charset=utf-8';
const M3U = 'audio/x-mpegurl';

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.start('import');
}, 60_000);
afterAll(() => api?.close(), 30_000);

function send(fleet: TestFleet, type: string, body: string, query = '') {
  const headers = { 'content-type': type };
  return api.post<ImportResult>(`${fleet.path}/streams:import${query}`, body, { headers });
}

async function streamsOf(fleet: TestFleet): Promise<StreamView[]> {
  const { body } = await api.get<{ items: StreamView[] }>(`${fleet.path}/streams?limit=1000`);
  return body.items;
}

const lines = (...entries: object[]): string =>
  entries.map((entry) => JSON.stringify(entry)).join('\n');

const entry = (name: string, more: object = {}) => ({
  name,
  source: `https://radio.example/${name}`,
  ...more,
});

describe('an import of NDJSON', () => {
  it('creates, then updates what changed and keeps what was not given', async () => {
    const fleet = await TestFleet.create(api, 'upsert');
    const first = await send(
      fleet,
      NDJSON,
      lines(entry('a', { weight: 3, resources: { cpuCores: 1 }, moveCost: 2 }), entry('b')),
    );
    expect(first.status).toBe(200);
    expect(first.body).toEqual({
      created: 2,
      updated: 0,
      unchanged: 0,
      rejected: [],
      rejectedCount: 0,
      dryRun: false,
    });
    const second = await send(
      fleet,
      NDJSON,
      lines(entry('a'), entry('b', { priority: 9, resources: { memoryMb: 64 } }), entry('c')),
    );
    expect(second.body).toMatchObject({ created: 1, updated: 1, unchanged: 1 });
    expect(await streamsOf(fleet)).toMatchObject([
      { name: 'a', weight: 3, resources: { cpuCores: 1 }, moveCost: 2 },
      { name: 'b', priority: 9, resources: { memoryMb: 64 }, moveCost: 1 },
      { name: 'c' },
    ]);
    expect(await fleet.listAssignments('?status=unassigned')).toHaveLength(3);
    expect(await fleet.eventKinds()).toEqual([
      'fleet.created',
      'streams.imported',
      'streams.imported',
    ]);
  });

  it('lands the good lines and lists the bad ones by line', async () => {
    const fleet = await TestFleet.create(api, 'partial');
    const body = [
      JSON.stringify(entry('good-1')),
      '{"name": "broken"',
      '',
      JSON.stringify(entry('negative', { weight: -1, colour: 'red' })),
      '"just text"',
      JSON.stringify(entry('good-1', { weight: 9 })),
      '{"name":"infinite","source":"https://x/","weight":1e999}',
      '{"source":"https://nameless/"}',
      '{"name":"nul\\u0000","source":"https://x/"}',
      `{"name":"long","source":"https://x/","config":{"a":"${'x'.repeat(200_000)}"}}`,
      JSON.stringify(entry('good-2')),
    ].join('\r\n');
    const { status, body: result } = await send(fleet, NDJSON, `\uFEFF${body}`);
    expect(status).toBe(200);
    expect(result).toMatchObject({ created: 2, rejectedCount: 8 });
    expect(result.rejected.map(({ line, name }) => [line, name])).toEqual([
      [2, undefined],
      [4, 'negative'],
      [5, undefined],
      [6, 'good-1'],
      [7, undefined],
      [8, undefined],
      [9, undefined],
      [10, undefined],
    ]);
    expect(result.rejected[1]?.errors).toEqual([
      { path: 'weight', message: 'must be between 0.000001 and 1000000000' },
      { path: 'colour', message: 'is not a known field' },
    ]);
    expect(result.rejected[3]?.errors).toEqual([
      { path: 'name', message: 'is the name of line 1 already' },
    ]);
    expect((await streamsOf(fleet)).map(({ name }) => name)).toEqual(['good-1', 'good-2']);
  });

  it('only tells what it would do when it is a dry run', async () => {
    const fleet = await TestFleet.create(api, 'dry');
    await fleet.addStream('known');
    const before = await fleet.eventKinds();
    const known = { name: 'known', source: 'https://other/' };
    const answer = await send(fleet, NDJSON, lines(known, entry('new')), '?dryRun=true');
    expect(answer.body).toMatchObject({ created: 1, updated: 1, unchanged: 0, dryRun: true });
    expect(await streamsOf(fleet)).toHaveLength(1);
    expect(await fleet.eventKinds()).toEqual(before);
  });

  it('starts running streams anew where their source changed, and stops disabled ones', async () => {
    const fleet = await TestFleet.create(api, 'owned');
    const incarnation = await fleet.addInstance('edge-1');
    const epochs: Record<string, number> = {};
    const ids: Record<string, string> = {};
    for (const name of ['same', 'moved', 'off', 'heavier']) {
      const stream = await fleet.addStream(name, { source: `https://radio.example/${name}` });
      ids[name] = stream.streamId;
      epochs[name] = await fleet.run(stream.streamId, 'edge-1', incarnation);
    }
    const { body } = await send(
      fleet,
      NDJSON,
      lines(
        entry('same'),
        { name: 'moved', source: 'https://elsewhere/' },
        entry('off', { enabled: false }),
        entry('heavier', { weight: 5 }),
      ),
    );
    expect(body).toMatchObject({ updated: 3, unchanged: 1 });
    const after = async (name: string) => fleet.assignmentOf(ids[name]!);
    expect(await after('same')).toMatchObject({ status: 'running', epoch: epochs['same'] });
    expect(await after('heavier')).toMatchObject({ status: 'running', epoch: epochs['heavier'] });
    expect(await after('off')).toMatchObject({ status: 'stopping', epoch: epochs['off'] });
    expect(await after('moved')).toMatchObject({ status: 'starting', serverId: 'edge-1' });
    expect((await after('moved')).epoch).toBeGreaterThan(epochs['moved']!);
  });

  it('does not overwrite a secret with what operators are shown of it', async () => {
    const fleet = await TestFleet.create(api, 'shown');
    const source = 'https://user:pass@radio.example/x?key=1';
    await fleet.addStream('secret', { source });
    const shown = (await streamsOf(fleet))[0]!.source;
    const answer = await send(fleet, NDJSON, lines({ name: 'secret', source: shown }));
    expect(answer.body).toMatchObject({ unchanged: 1, updated: 0 });
    const same = await send(fleet, NDJSON, lines({ name: 'secret', source }));
    expect(same.body).toMatchObject({ unchanged: 1, updated: 0 });
  });

  it('lists every rejected line', async () => {
    const fleet = await TestFleet.create(api, 'many-bad');
    const { body } = await send(fleet, NDJSON, `{}\n`.repeat(1_200));
    expect(body).toMatchObject({ created: 0, rejectedCount: 1_200 });
    expect(body.rejected.map(({ line }) => line)).toEqual(
      Array.from({ length: 1_200 }, (_, index) => index + 1),
    );
  });

  it('goes over several batches and arrives in any pieces', async () => {
    const fleet = await TestFleet.create(api, 'pieces');
    const body = Array.from({ length: 4_500 }, (_, i) => JSON.stringify(entry(`ü-${i}`))).join(
      '\n',
    );
    const result = await sendChunks(fleet, NDJSON, chunksOf(Buffer.from(body), 1_013));
    expect(result).toMatchObject({ status: 200, body: { created: 4_500, rejectedCount: 0 } });
  });
});

it('takes the examples as they stand in this repository: the same five streams twice', async () => {
  const fleet = await TestFleet.create(api, 'examples');
  const example = (name: string) =>
    readFileSync(join(__dirname, '../../../../examples', name), 'utf8');
  const first = await send(fleet, 'text/csv', example('streams.csv'));
  expect(first.body).toMatchObject({ created: 5, rejected: [] });
  const second = await send(fleet, NDJSON, example('streams.ndjson'));
  expect(second.body).toMatchObject({ created: 0, updated: 0, unchanged: 5, rejected: [] });
});

describe('an import of CSV', () => {
  it('takes every column, quotes and empty cells', async () => {
    const fleet = await TestFleet.create(api, 'csv');
    const body = [
      '\uFEFFname,source,weight,priority,exclusive,autonomyMs,requires,avoid,spreadGroup,enabled,config,resources,moveCost',
      'a,https://radio.example/a,2.5,7,FALSE,1000,zone=eu;tier=gold,,pair,true,"{""bitrate"": 128}",cpuCores=0.5;memoryMb=512,4',
      '"b, with comma",https://radio.example/b,,,,,,,,,,,',
    ].join('\r\n');
    const { body: result } = await send(fleet, CSV, body);
    expect(result).toMatchObject({ created: 2, rejectedCount: 0 });
    expect(await streamsOf(fleet)).toMatchObject([
      {
        name: 'a',
        weight: 2.5,
        priority: 7,
        exclusive: false,
        autonomyMs: 1000,
        requires: { zone: 'eu', tier: 'gold' },
        avoid: {},
        spreadGroup: 'pair',
        enabled: true,
        config: { bitrate: 128 },
        resources: { cpuCores: 0.5, memoryMb: 512 },
        moveCost: 4,
      },
      { name: 'b, with comma', weight: 1, exclusive: true },
    ]);
  });

  it('lands the good lines around malformed ones', async () => {
    const fleet = await TestFleet.create(api, 'csv-bad');
    const body = [
      'name,source,weight,config',
      'good-1,https://x/1,1,',
      '"not closed,https://x/2,1,',
      'NaN,https://x/3,NaN,',
      'few,https://x/4',
      'labels,https://x/5,1,{no json}',
      '"closed"late,https://x/6,1,',
      'good-2,https://x/7,1e2,',
    ].join('\n');
    const { body: result } = await send(fleet, CSV, body);
    expect(result).toMatchObject({ created: 2 });
    expect(result.rejected).toEqual([
      { line: 3, errors: [{ path: '', message: 'has a quote that is not closed on its line' }] },
      { line: 4, name: 'NaN', errors: [{ path: 'weight', message: 'must be a number' }] },
      { line: 5, name: 'few', errors: [{ path: '', message: 'has 2 cells, the header has 4' }] },
      { line: 6, name: 'labels', errors: [{ path: 'config', message: 'must be a JSON object' }] },
      { line: 7, errors: [{ path: '', message: 'has text after a closing quote' }] },
    ]);
  });

  it('is refused as a whole when its header cannot be used', async () => {
    const fleet = await TestFleet.create(api, 'csv-header');
    const answer = await send(fleet, CSV, 'name,colour,name\na,red,b');
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({
      code: 'INVALID_INPUT',
      errors: [
        { path: 'line 1', message: 'no column is colour' },
        { path: 'line 1', message: 'column name comes twice' },
        { path: 'line 1', message: 'a column source is required' },
      ],
    });
  });
});

describe('an import of M3U', () => {
  it('takes names, groups and addresses, with and without a header', async () => {
    const fleet = await TestFleet.create(api, 'm3u');
    const body = [
      '\uFEFF#EXTM3U',
      '#EXTINF:-1 tvg-id="one.example" group-title="News, Talk",Radio One',
      '#EXTVLCOPT:http-user-agent=x',
      'https://radio.example/one.mp3',
      '',
      '#EXTINF:-1 tvg-name="Radio Two",',
      'https://radio.example/two.mp3',
    ].join('\r\n');
    const { body: result } = await send(fleet, M3U, body);
    expect(result).toMatchObject({ created: 2, rejectedCount: 0 });
    expect(await streamsOf(fleet)).toMatchObject([
      {
        name: 'Radio One',
        source: 'https://radio.example/one.mp3',
        config: { tvgId: 'one.example', group: 'News, Talk' },
      },
      { name: 'Radio Two', config: {} },
    ]);
    const bare = '#EXTINF:0,Radio Three\nhttps://radio.example/three.mp3';
    const again = await send(fleet, 'application/vnd.apple.mpegurl', bare);
    expect(again.body).toMatchObject({ created: 1 });
  });

  it('lists entries without a name, without an address, or named twice', async () => {
    const fleet = await TestFleet.create(api, 'm3u-bad');
    const body = [
      '#EXTM3U',
      'https://radio.example/nameless.mp3',
      '#EXTINF:-1,Lonely',
      '#EXTINF:-1,Good',
      'https://radio.example/good.mp3',
      '#EXTINF:-1,Good',
      'https://radio.example/other.mp3',
      '#EXTINF:-1,Relative',
      'relative.mp3',
      '#EXTINF:-1,Last',
    ].join('\n');
    const { body: result } = await send(fleet, M3U, body);
    expect(result).toMatchObject({ created: 1, rejectedCount: 5 });
    expect(result.rejected.map(({ line, name }) => [line, name])).toEqual([
      [2, undefined],
      [3, 'Lonely'],
      [6, 'Good'],
      [8, 'Relative'],
      [10, 'Last'],
    ]);
  });

  it('is told from the playlist of one stream', async () => {
    const fleet = await TestFleet.create(api, 'm3u-hls');
    const body = '#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXTINF:6.0,\nsegment-1.ts';
    const answer = await send(fleet, 'application/vnd.apple.mpegurl', body);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('HLS playlist');
  });
});

describe('an import that cannot be taken', () => {
  let fleet: TestFleet;
  beforeAll(async () => {
    fleet = await TestFleet.create(api, 'refused');
  });

  it.each([
    ['nothing', NDJSON, '\n\n'],
    ['only a header', CSV, 'name,source\n'],
    ['only #EXTM3U', M3U, '#EXTM3U\n'],
  ])('holds %s', async (_what, type, body) => {
    const answer = await send(fleet, type, body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_INPUT' } });
  });

  it('is of another content type', async () => {
    for (const type of ['application/json', 'text/plain', 'text/xml']) {
      const answer = await send(fleet, type, '{}');
      expect(answer).toMatchObject({ status: 415, body: { code: 'MEDIA_TYPE_UNSUPPORTED' } });
    }
  });

  it('is for a fleet that is not there, and does not create it', async () => {
    const headers = { 'content-type': NDJSON };
    const path = '/v1/fleets/none/streams:import';
    const answer = await api.post(path, lines(entry('a')), { headers });
    expect(answer).toMatchObject({ status: 404, body: { code: 'FLEET_UNKNOWN' } });
    expect((await api.get('/v1/fleets/none')).status).toBe(404);
  });

  it('comes with a key of another role or an unknown parameter', async () => {
    const path = `${fleet.path}/streams:import`;
    const headers = { 'content-type': NDJSON };
    const body = lines(entry('a'));
    const viewer = await api.post(path, body, { headers, key: api.keys.viewer });
    expect(viewer.status).toBe(403);
    expect((await api.post(`${path}?dryRun=maybe`, body, { headers })).status).toBe(400);
    expect((await api.post(`${path}?replace=true`, body, { headers })).status).toBe(400);
  });

  it('is announced as larger than 64 MiB', async () => {
    const tooLong = 64 * 1024 * 1024 + 1;
    const answer = await sendChunks(fleet, NDJSON, [Buffer.from('{}\n')], tooLong);
    expect(answer).toMatchObject({ status: 413, body: { code: 'BODY_TOO_LARGE' } });
  });

  it('goes beyond 64 MiB without having said so', async () => {
    const line = Buffer.alloc(1024 * 1024, 'x').fill('\n', 1024 * 1024 - 1);
    const good = Buffer.from(`${lines(entry('before-the-end'))}\n`);
    const blocks = [good, ...Array<Buffer>(65).fill(line)];
    const answer = await sendChunks(fleet, NDJSON, blocks);
    expect(answer).toMatchObject({ status: 413, body: { code: 'BODY_TOO_LARGE' } });
  }, 30_000);

  it('is nothing but a great many empty lines, and costs next to nothing', async () => {
    const block = Buffer.alloc(1024 * 1024, '\n');
    const answer = await sendChunks(fleet, NDJSON, Array<Buffer>(60).fill(block));
    expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_INPUT' } });
  }, 30_000);

  it('is refused half-way and leaves its connection good for other requests', async () => {
    const rest = `${'x'.repeat(1_000)},y\n`.repeat(5_000);
    for (let time = 0; time < 3; time += 1) {
      expect((await send(fleet, CSV, `name,colour\n${rest}`)).status).toBe(400);
      expect((await api.get(fleet.path)).status).toBe(200);
    }
  });

  it('does not open other calls to its content types', async () => {
    const headers = { 'content-type': NDJSON };
    const answer = await api.post(`${fleet.path}/streams`, lines(entry('a')), { headers });
    expect(answer).toMatchObject({ status: 415, body: { code: 'MEDIA_TYPE_UNSUPPORTED' } });
  });
});
