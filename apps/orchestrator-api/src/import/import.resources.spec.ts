import type { StreamView } from '@weir/domain';
import { TestApi } from '../api.test-support';
import { TestFleet } from '../operator/operator.test-support';
import type { ImportResult } from './import.tally';

const NDJSON = 'application/x-ndjson';
const CSV = 'text/csv';

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.start('import_resources');
}, 60_000);
afterAll(() => api?.close(), 30_000);

async function send(fleet: TestFleet, type: string, body: string): Promise<ImportResult> {
  const headers = { 'content-type': type };
  const answer = await api.post<ImportResult>(`${fleet.path}/streams:import`, body, { headers });
  expect(answer.status).toBe(200);
  return answer.body;
}

async function streamsOf(fleet: TestFleet): Promise<StreamView[]> {
  const { body } = await api.get<{ items: StreamView[] }>(`${fleet.path}/streams`);
  return body.items;
}

/** One line of NDJSON: the stream `a` with these fields. */
const one = (more: object): string =>
  JSON.stringify({ name: 'a', source: 'https://radio.example/a', ...more });

describe('what an imported stream takes', () => {
  it('is unchanged in another order of keys, kept when it is not given, and taken away by {}', async () => {
    const fleet = await TestFleet.create(api, 'kept');
    const given = { resources: { cpuCores: 0.5, memoryMb: 512 }, moveCost: 3 };
    expect(await send(fleet, NDJSON, one(given))).toMatchObject({ created: 1 });
    const reordered = { resources: { memoryMb: 512, cpuCores: 0.5 }, moveCost: 3 };
    expect(await send(fleet, NDJSON, one(reordered))).toMatchObject({ unchanged: 1, updated: 0 });
    expect(await send(fleet, NDJSON, one({ weight: 2 }))).toMatchObject({ updated: 1 });
    expect(await streamsOf(fleet)).toMatchObject([{ weight: 2, ...given }]);
    expect(await send(fleet, NDJSON, one({ resources: {} }))).toMatchObject({ updated: 1 });
    const [stream] = await streamsOf(fleet);
    expect(stream).toMatchObject({ resources: {}, moveCost: 3 });
    expect(stream!.resources).toEqual({});
  });

  it.each([
    ['resources', { resources: { bandwidthMbps: 8 } }],
    ['moveCost', { moveCost: 0 }],
  ])('reaches the balancer by its %s alone, and starts nothing anew', async (field, change) => {
    const fleet = await TestFleet.create(api, `running-${field}`);
    const incarnation = await fleet.addInstance('edge-1');
    const { streamId } = await fleet.addStream('a', { source: 'https://radio.example/a' });
    const epoch = await fleet.run(streamId, 'edge-1', incarnation);
    const before = await fleet.assignmentOf(streamId);
    expect(await send(fleet, NDJSON, one(change))).toMatchObject({ updated: 1 });
    const after = await fleet.assignmentOf(streamId);
    expect(after).toMatchObject({ status: 'running', serverId: 'edge-1', epoch });
    expect(after.revision).toBeGreaterThan(before.revision);
  });

  it('is refused in NDJSON with every problem named', async () => {
    const fleet = await TestFleet.create(api, 'bad-ndjson');
    const bad = { resources: { cpuCores: -1, memoryMb: '512', disks: 2 }, moveCost: -0.5 };
    const lines = [one(bad), one({ resources: null }), one({ moveCost: null })].join('\n');
    const { rejected, created } = await send(fleet, NDJSON, lines);
    expect(created).toBe(0);
    expect(rejected.map(({ errors }) => errors)).toEqual([
      [
        { path: 'resources.cpuCores', message: 'must be between 0 and 1000000000000' },
        { path: 'resources.memoryMb', message: 'must be a number' },
        { path: 'resources.disks', message: 'is not a known field' },
        { path: 'moveCost', message: 'must be between 0 and 1000' },
      ],
      [{ path: 'resources', message: 'must be an object' }],
      [{ path: 'moveCost', message: 'must be a number' }],
    ]);
  });

  it('is refused in CSV with the cell named, and lands from the lines around it', async () => {
    const fleet = await TestFleet.create(api, 'bad-csv');
    const body = [
      'name,source,resources,moveCost',
      'good,https://x/1,cpuCores=0.5; memoryMb=512,2.5',
      'no-form,https://x/2,much,1',
      'no-number,https://x/3,cpuCores=many;memoryMb=,1',
      'unknown,https://x/4,gpuCores=1,dear',
      'empty,https://x/5,,',
    ].join('\n');
    const { rejected, created } = await send(fleet, CSV, body);
    expect(created).toBe(2);
    expect(rejected.map(({ name, errors }) => [name, errors])).toEqual([
      [
        'no-form',
        [{ path: 'resources', message: 'must be of the form resource=number;resource=number' }],
      ],
      [
        'no-number',
        [
          { path: 'resources.cpuCores', message: 'must be a number' },
          { path: 'resources.memoryMb', message: 'must be a number' },
        ],
      ],
      [
        'unknown',
        [
          { path: 'resources.gpuCores', message: 'is not a known field' },
          { path: 'moveCost', message: 'must be a number' },
        ],
      ],
    ]);
    expect(await streamsOf(fleet)).toMatchObject([
      { name: 'good', resources: { cpuCores: 0.5, memoryMb: 512 }, moveCost: 2.5 },
      { name: 'empty', resources: {}, moveCost: 1 },
    ]);
  });
});
