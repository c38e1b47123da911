import {
  PlanBasis,
  applyPlacements,
  changeStream,
  importStreams,
  readFleetDelta,
} from '@weir/database';
import type { Granted, ImportRow, StreamStore } from '@weir/database';
import type { StreamDefinition } from '@weir/domain';
import { createTestDatabase } from '@weir/testing';
import type { TestDatabase } from '@weir/testing';
import { TestFleet, cipher } from './fleet.test-support';

let test: TestDatabase;
let fleet: TestFleet;
let store: StreamStore;
let held: string;
let waiting: string;
let basis: PlanBasis;
let fleets = 0;

beforeAll(async () => {
  test = await createTestDatabase('plan_edits');
});
afterAll(() => test.close());

/** One stream is held by `a`; a plan saw that, and wants to place another one beside it. */
beforeEach(async () => {
  fleet = await TestFleet.create(test.database, `fleet-${(fleets += 1)}`);
  store = { runner: test.database.control, cipher, fleetId: fleet.fleetId };
  await fleet.register('a', { capacity: { memoryMb: 1_000 } });
  [held, waiting] = (await fleet.addStreams(2)) as [string, string];
  await fleet.place([held], 'a');
  const since = { revision: -1, loadsSinceMs: 0 };
  const { revision } = await readFleetDelta(store.runner, fleet.fleetId, since);
  basis = new PlanBasis(revision);
});

function writePlan(): Promise<Granted[]> {
  const why = { reason: 'test', gain: 1, cost: 0 };
  const write = { streamId: waiting, serverId: 'a', expectedEpoch: 0, ...why };
  return applyPlacements(store.runner, fleet.fleetId, [write], basis);
}

/** A line of an import that names a stream and says only what is given. */
async function importLine(streamId: string, more: Partial<ImportRow>): Promise<void> {
  const rows = await store.runner.query<{ name: string }>(
    'select name from streams where fleet_id = $1 and stream_id = $2',
    [fleet.fleetId, streamId],
  );
  const silent = {
    weight: null,
    resources: null,
    moveCost: null,
    priority: null,
    exclusive: null,
    autonomyMs: null,
    requires: null,
    avoid: null,
    spreadGroup: null,
    enabled: null,
    config: null,
  };
  const line = { ...silent, name: rows[0]!.name, source: 'http://radio/', ...more };
  expect(await importStreams(store, [line])).toMatchObject({ updated: 1 });
}

describe('an edit between a plan and its write', () => {
  it.each<[string, Partial<StreamDefinition>]>([
    ['what it takes', { resources: { memoryMb: 900 } }],
    ['what it requires', { requires: { disk: 'ssd' } }],
    ['what it avoids', { avoid: { disk: 'hdd' } }],
    ['its group', { spreadGroup: 'twins' }],
  ])('drops the plan when a held stream changes %s', async (_name, patch) => {
    await changeStream(store, held, patch);
    expect(await writePlan()).toEqual([]);
    expect(basis.isOvertaken).toBe(true);
  });

  it('drops the plan when the stream that it places takes more than it saw', async () => {
    await changeStream(store, waiting, { resources: { memoryMb: 1_001 } });
    expect(await writePlan()).toEqual([]);
    expect((await fleet.assignment(waiting)).serverId).toBeNull();
  });

  it('drops the plan when an import changes what a stream takes', async () => {
    await importLine(held, { resources: { memoryMb: 900 } });
    expect(await writePlan()).toEqual([]);
    expect(basis.isOvertaken).toBe(true);
  });

  it('leaves the plan alone when it changes nothing that limits where streams run', async () => {
    await changeStream(store, held, { weight: 7, priority: 9, moveCost: 3 });
    await changeStream(store, held, { resources: {}, config: { quality: 'high' } });
    await importLine(held, { weight: 8 });
    expect(await writePlan()).toHaveLength(1);
    expect(basis.isOvertaken).toBe(false);
  });
});
