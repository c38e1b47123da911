import { readFleetDelta } from '@weir/database';
import type { StreamRow } from '@weir/database';
import { createTestDatabase } from '@weir/testing';
import type { TestDatabase } from '@weir/testing';
import { TestFleet } from './fleet.test-support';

let test: TestDatabase;
let fleet: TestFleet;
let streamId: string;

beforeAll(async () => {
  test = await createTestDatabase('stream_resources');
  fleet = await TestFleet.create(test.database, 'main');
  // Written without the columns, as the release before them writes it.
  [streamId] = (await fleet.addStreams(1)) as [string];
});
afterAll(() => test.close());

async function readStream(): Promise<StreamRow> {
  const since = { revision: -1, loadsSinceMs: 0 };
  const { streams } = await readFleetDelta(test.database.control, fleet.fleetId, since);
  return streams.find((stream) => stream.streamId === streamId)!;
}

function set(column: 'resources' | 'move_cost', value: string): Promise<unknown> {
  const sql = `update streams set ${column} = $3 where fleet_id = $1 and stream_id = $2`;
  return test.database.control.query(sql, [fleet.fleetId, streamId, value]);
}

describe('what a stream takes, in the database', () => {
  it('is nothing, and a move of it ordinary, when it was written by the release before', async () => {
    expect(await readStream()).toMatchObject({ resources: null, moveCost: 1 });
  });

  it('is read for the planner as it was written', async () => {
    await set('resources', '{"memoryMb": 512, "cpuCores": 0.5}');
    await set('move_cost', '2.5');
    expect(await readStream()).toMatchObject({
      resources: { cpuCores: 0.5, memoryMb: 512 },
      moveCost: 2.5,
    });
  });

  it.each(['-0.001', '1000.5', 'NaN', 'Infinity'])(
    'has no move cost of %s, whoever writes it',
    async (value) => {
      await expect(set('move_cost', value)).rejects.toMatchObject({ code: '23514' });
    },
  );
});
