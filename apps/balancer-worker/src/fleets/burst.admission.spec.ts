import { createTestDatabase, until } from '@weir/testing';
import type { TestDatabase } from '@weir/testing';
import { LiveFleet } from './live.fleet.test-support';
import { Replica } from './replica.test-support';
import { RoomGuard, TOO_MANY_HELD } from './room.guard.test-support';

jest.setTimeout(60_000);

const BURST = 1_000;
/** maxStreams of the instances that are there when the burst comes: 946 in all. */
const SIZES = [5, 11, 23, 37, 53, 71, 89, 97, 113, 131, 149, 167];
/** The one that is drained in the middle, with 37. */
const LEAVING = 'i-37';

/** Nobody reports: leases outlive the burst, and no instance answers until it is asked to. */
const QUIET = { leaseTtlMs: 60_000, moveStepTimeoutMs: 30_000 };

describe('a burst of streams, no instance reporting in between', () => {
  let test: TestDatabase;
  let guard: RoomGuard;
  const open: { close(): Promise<void> }[] = [];

  beforeAll(async () => {
    test = await createTestDatabase('burst');
    guard = await RoomGuard.install(test.database);
  });
  afterEach(async () => {
    for (const part of open.splice(0).reverse()) await part.close();
  });
  afterAll(() => test.close());

  async function createFleet(name: string): Promise<LiveFleet> {
    const fleet = await LiveFleet.create(test.database, name, QUIET);
    open.push(fleet);
    return fleet;
  }

  async function startTwoReplicas(fleet: LiveFleet): Promise<Replica[]> {
    const replicas = [new Replica(test, fleet.name), new Replica(test, fleet.name)];
    for (const replica of replicas) open.push({ close: () => replica.stop() });
    await until('both had a turn', () => replicas.every((r) => r.observer.rounds.length > 0));
    return replicas;
  }

  async function join(fleet: LiveFleet, maxStreams: number): Promise<void> {
    const instance = await fleet.join(`i-${maxStreams}`, { maxStreams });
    instance.isMute = true;
  }

  /**
   * The burst; while it is placed one instance joins and another is drained. Before it joins there
   * is no room for all, so that it always comes in the middle.
   */
  async function burst(fleet: LiveFleet, lateSize: number): Promise<void> {
    await Promise.all(SIZES.map((size) => join(fleet, size)));
    await fleet.addStreams(BURST);
    await Promise.all([join(fleet, lateSize), fleet.instances.get(LEAVING)!.drain()]);
  }

  /** What ready instances have room for, less what they hold, by the rows themselves. */
  async function freeRoom(fleet: LiveFleet): Promise<number> {
    const rows = await test.database.control.query<{ free: number }>(
      `select sum(i.max_streams - (select count(*) from assignments a
         where a.fleet_id = i.fleet_id and a.server_id = i.server_id))::integer as free
       from instances i where i.fleet_id = $1 and i.status = 'ready'`,
      [fleet.fleetId],
    );
    return rows[0]!.free;
  }

  /** Each stream was placed once, by one replica, and at most one instance runs it. */
  async function expectNothingTwice(fleet: LiveFleet, replicas: Replica[]): Promise<void> {
    // A round tells what it placed when it ends, later than its commits are seen.
    const placed = await until('the replicas placed what is recorded', async () => {
      const told = replicas.reduce((sum, { observer }) => sum + observer.placed, 0);
      const events = await fleet.history(['stream.placed']);
      return events.length === told ? events.map((event) => event.streamId) : undefined;
    });
    expect(new Set(placed).size).toBe(placed.length);
    const running = [...fleet.instances.values()].flatMap((each) => [...each.running.keys()]);
    expect(new Set(running).size).toBe(running.length);
  }

  async function expectNoneOverfull(fleet: LiveFleet): Promise<void> {
    const overfull = await test.database.control.query(
      `select i.server_id from instances i where i.fleet_id = $1 and i.max_streams < (
         select count(*) from assignments a
         where a.fleet_id = i.fleet_id and a.server_id = i.server_id)`,
      [fleet.fleetId],
    );
    expect(overfull).toEqual([]);
    expect((await guard.seen()).breaches).toBe(0);
  }

  function speakAll(fleet: LiveFleet): void {
    for (const instance of fleet.instances.values()) instance.speak();
  }

  it('finds room for everything where there is a little more than it takes', async () => {
    const fleet = await createFleet('enough');
    const replicas = await startTwoReplicas(fleet);
    // 946 - 37 + 103 = 1,012 for 1,000.
    await burst(fleet, 103);
    await until('all have an owner', async () => ((await fleet.counts())['nobody'] ?? 0) === 0);
    await expectNoneOverfull(fleet);
    await expectNothingTwice(fleet, replicas);
    speakAll(fleet);
    await until('the leaving one is empty', async () => !(LEAVING in (await fleet.counts())));
    await until('all of them run', () => {
      const running = [...fleet.instances.values()].map((instance) => instance.running.size);
      return running.reduce((sum, count) => sum + count, 0) === BURST;
    });
    expect(await freeRoom(fleet)).toBe(12);
    await expectNoneOverfull(fleet);
    await expectNothingTwice(fleet, replicas);
    expect((await guard.seen()).checks).toBeGreaterThanOrEqual(BURST);
    for (const { observer } of replicas) expect(observer.failures).toEqual([]);
  });

  it('fills every instance to the last place where there is a little less', async () => {
    const fleet = await createFleet('scarce');
    const replicas = await startTwoReplicas(fleet);
    // 946 - 37 + 61 = 970 for 1,000; the leaving one keeps what fits nowhere else.
    await burst(fleet, 61);
    await until('970 have an owner', async () => ((await fleet.counts())['nobody'] ?? 0) <= 30);
    await expectNoneOverfull(fleet);
    await expectNothingTwice(fleet, replicas);
    speakAll(fleet);
    await until('every place is taken', async () => (await freeRoom(fleet)) === 0);
    const rounds = replicas.map(({ observer }) => observer.rounds.length);
    await until('both had further turns', () =>
      replicas.every(({ observer }, index) => observer.rounds.length > rounds[index]! + 3),
    );
    const { nobody = 0, [LEAVING]: stays = 0 } = await fleet.counts();
    expect(nobody + stays).toBe(30);
    expect(await freeRoom(fleet)).toBe(0);
    await expectNoneOverfull(fleet);
    await expectNothingTwice(fleet, replicas);
    for (const { observer } of replicas) expect(observer.failures).toEqual([]);
  });

  it('would be refused at its commit if it went beyond, whoever wrote it', async () => {
    const fleet = await createFleet('overfull');
    await join(fleet, 1);
    await fleet.addStreams(2);
    const overfill = test.database.control.query(
      `update assignments a set server_id = i.server_id, incarnation = i.incarnation, epoch = 1,
         status = 'starting'
       from instances i where a.fleet_id = $1 and i.fleet_id = $1`,
      [fleet.fleetId],
    );
    await expect(overfill).rejects.toMatchObject({ code: TOO_MANY_HELD });
    expect((await guard.seen()).breaches).toBe(1);
  });
});
