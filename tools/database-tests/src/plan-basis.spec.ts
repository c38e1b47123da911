import { PlanBasis, applyPlacements, readFleetDelta, startMoves } from '@weir/database';
import type { Granted, PlacementWrite } from '@weir/database';
import { createTestDatabase } from '@weir/testing';
import type { TestDatabase } from '@weir/testing';
import { TestFleet } from './fleet.test-support';

let test: TestDatabase;
let fleet: TestFleet;
let fleets = 0;

beforeAll(async () => {
  test = await createTestDatabase('plan_basis');
});
afterAll(() => test.close());

beforeEach(async () => {
  fleet = await TestFleet.create(test.database, `fleet-${(fleets += 1)}`);
  await fleet.register('a');
  await fleet.register('b');
});

/** The state of the fleet as a plan that is made now would see it. */
async function takeBasis(): Promise<PlanBasis> {
  const since = { revision: -1, loadsSinceMs: 0 };
  const { revision } = await readFleetDelta(test.database.control, fleet.fleetId, since);
  return new PlanBasis(revision);
}

function place(
  streamId: string | undefined,
  basis: PlanBasis,
  more: Partial<PlacementWrite> = {},
): Promise<Granted[]> {
  const why = { reason: 'test', gain: 1, cost: 0 };
  const write = { streamId: streamId!, serverId: 'a', expectedEpoch: 0, ...why, ...more };
  return applyPlacements(test.database.control, fleet.fleetId, [write], basis);
}

function move(streamId: string, basis: PlanBasis, expectedIncarnation?: number) {
  const why = { reason: 'test', gain: 1, cost: 0 };
  const ends = { streamId, fromServerId: 'a', toServerId: 'b', expectedEpoch: 1 };
  const expected = expectedIncarnation === undefined ? {} : { expectedIncarnation };
  const rules = { stepTimeoutMs: 10_000, basis };
  const { control } = test.database;
  return startMoves(control, fleet.fleetId, [{ ...ends, ...why, ...expected }], rules);
}

describe('a plan that is written in parts', () => {
  it('is not overtaken by itself, nor by streams and instances that come meanwhile', async () => {
    const [first, second] = await fleet.addStreams(2);
    const basis = await takeBasis();
    expect(await place(first, basis)).toHaveLength(1);
    await fleet.addStreams(1);
    await fleet.register('c');
    expect(await place(second, basis)).toHaveLength(1);
    expect(await move(second!, basis)).toHaveLength(1);
    expect(basis.isOvertaken).toBe(false);
  });

  it('is dropped from where another plan was written that it has not seen', async () => {
    const [first, second, third] = await fleet.addStreams(3);
    const [slow, fast] = [await takeBasis(), await takeBasis()];
    expect(await place(first, slow)).toHaveLength(1);
    expect(await place(second, fast)).toEqual([]);
    expect([slow.isOvertaken, fast.isOvertaken]).toEqual([false, true]);
    expect(await place(second, await takeBasis())).toHaveLength(1);
    expect(await place(third, slow)).toEqual([]);
    expect(await move(first!, slow)).toEqual([]);
    expect(slow.isOvertaken).toBe(true);
    expect((await fleet.assignment(third!)).serverId).toBeNull();
    expect((await fleet.assignment(first!)).status).toBe('starting');
  });

  it('is dropped when a move by hand took room that it counted on', async () => {
    const [owned, waiting] = await fleet.addStreams(2);
    await fleet.place([owned!], 'a');
    const basis = await takeBasis();
    expect(await fleet.startMove(owned!, 'a', 'b', 1)).toHaveLength(1);
    expect(await place(waiting, basis)).toEqual([]);
    expect(basis.isOvertaken).toBe(true);
  });

  it('is not overtaken by a plan of which nothing fitted any more', async () => {
    const [first, second] = await fleet.addStreams(2);
    const [slow, fast] = [await takeBasis(), await takeBasis()];
    expect(await place(first, fast, { expectedEpoch: 7 })).toEqual([]);
    expect(fast.isOvertaken).toBe(false);
    expect(await place(second, slow)).toHaveLength(1);
  });

  it('leaves an instance out that registered anew: it may have less room than before', async () => {
    const [first, second, third] = await fleet.addStreams(3);
    const basis = await takeBasis();
    const incarnation = await fleet.register('a', { capacity: { memoryMb: 1 } });
    expect(incarnation).toBe(2);
    expect(await place(first, basis, { expectedIncarnation: 1 })).toEqual([]);
    expect(basis.isOvertaken).toBe(false);
    const toB = { serverId: 'b', expectedIncarnation: 1 };
    expect(await place(second, basis, toB)).toHaveLength(1);
    expect(await place(third, basis, { expectedIncarnation: 2 })).toHaveLength(1);
    await fleet.register('b');
    expect(await move(third!, basis, 1)).toEqual([]);
    expect(await move(third!, basis, 2)).toHaveLength(1);
  });
});
