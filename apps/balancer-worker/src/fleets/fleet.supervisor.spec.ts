import { createTestDatabase, until } from '@weir/testing';
import type { TestDatabase } from '@weir/testing';
import { findFleet, releaseMassLoss, writeServiceBeat } from '@weir/database';
import type { FleetSupervisor } from './fleet.supervisor';
import { LiveFleet } from './live.fleet.test-support';
import { Replica } from './replica.test-support';

jest.setTimeout(60_000);

function hasBrake(supervisor: FleetSupervisor, fleet: LiveFleet, kind?: string): boolean {
  return supervisor.brakes.some(
    (brake) => brake.fleet === fleet.name && (kind === undefined || brake.kind === kind),
  );
}

describe('the control loops on a real PostgreSQL', () => {
  let test: TestDatabase;
  let fleetNumber = 0;
  const open: { close(): Promise<void> }[] = [];

  beforeAll(async () => {
    test = await createTestDatabase('balancer');
  });
  afterEach(async () => {
    for (const part of open.splice(0).reverse()) await part.close();
    await test.setClockOffset(0);
  });
  afterAll(() => test.close());

  /** A replica that works on every fleet and remembers what it did in this one. */
  function startReplica(fleet?: LiveFleet): Replica {
    const replica = new Replica(test, fleet?.name);
    open.push({ close: () => replica.stop() });
    return replica;
  }

  async function createFleet(
    settings: Parameters<typeof LiveFleet.create>[2] = {},
  ): Promise<LiveFleet> {
    fleetNumber += 1;
    const fleet = await LiveFleet.create(test.database, `fleet-${fleetNumber}`, settings);
    open.push(fleet);
    return fleet;
  }

  it('places streams evenly, and a fleet at rest costs no further plan', async () => {
    const fleet = await createFleet();
    await fleet.join('a');
    await fleet.join('b');
    await fleet.addStreams(40);
    const { observer } = startReplica(fleet);
    await fleet.untilCounts({ a: 20, b: 20 });
    await until('it is at rest', () => {
      const { rounds, placed } = observer;
      return placed === 40 && rounds.slice(-3).every((round) => round.planMs === null);
    });
    const plans = observer.plans;
    const rounds = observer.rounds.length;
    await until('five rounds more', () => observer.rounds.length > rounds + 5);
    expect(observer.plans).toBe(plans);
    expect(observer.conflicts).toBe(0);
  });

  it('finds a new fleet and its streams within a second', async () => {
    startReplica();
    const startedAt = performance.now();
    const fleet = await createFleet();
    await fleet.join('a');
    await fleet.addStreams(3);
    await fleet.untilCounts({ a: 3 });
    expect(performance.now() - startedAt).toBeLessThan(1_500);
  });

  it('gives a joining instance its share', async () => {
    const fleet = await createFleet();
    await fleet.join('a');
    await fleet.addStreams(40);
    startReplica();
    await fleet.untilCounts({ a: 40 });
    await fleet.join('b');
    await until('b has its share', async () => {
      const { b = 0 } = await fleet.counts();
      return b >= 16 && b <= 20;
    });
    await until('all of them run', () => {
      const running = [...fleet.instances.values()].map((instance) => instance.running.size);
      return running.reduce((sum, count) => sum + count, 0) === 40;
    });
  });

  it('empties a draining instance with gaps below 300 ms, and says so once', async () => {
    const fleet = await createFleet({ balanceEnabled: false });
    const leaving = await fleet.join('a');
    await fleet.join('b');
    await fleet.join('c');
    await fleet.addStreams(60);
    startReplica();
    await until('20 run on each', () =>
      [...fleet.instances.values()].every((i) => i.running.size === 20),
    );
    fleet.journal.length = 0;
    await leaving.drain();
    await fleet.untilCounts({ b: 30, c: 30 });
    await until('all run', () => fleet.journal.filter((e) => e.what === 'started').length === 20);
    const gaps = fleet.journal
      .filter((entry) => entry.what === 'stopped')
      .map(({ streamId, at }) => {
        const start = fleet.journal.find((e) => e.what === 'started' && e.streamId === streamId);
        return start!.at - at;
      });
    expect(gaps).toHaveLength(20);
    expect(Math.max(...gaps)).toBeLessThan(300);
    await until('it is said', async () => (await fleet.history(['instance.drained'])).length > 0);
    await leaving.leave();
    expect(await fleet.history(['instance.drained'])).toHaveLength(1);
  });

  it('places a dead instance`s streams elsewhere within its lease and a second', async () => {
    const fleet = await createFleet();
    const dying = await fleet.join('a');
    await fleet.join('b');
    await fleet.addStreams(20);
    const { observer } = startReplica(fleet);
    await fleet.untilCounts({ a: 10, b: 10 });
    await dying.heartbeat();
    dying.kill();
    const diedAt = performance.now();
    await fleet.untilCounts({ b: 20 });
    const tookMs = performance.now() - diedAt;
    expect(tookMs).toBeGreaterThanOrEqual(fleet.settings.leaseTtlMs);
    expect(tookMs).toBeLessThan(fleet.settings.leaseTtlMs + 1_000);
    expect(await fleet.status('a')).toBe('lost');
    expect(observer.takenOver).toEqual(['a']);
    expect((await fleet.history(['instance.lost'])).map((e) => e.serverId)).toEqual(['a']);
  });

  it('leaves an instance alone whose late renewal comes before the takeover', async () => {
    const fleet = await createFleet({ frozen: true });
    const late = await fleet.join('a');
    const { observer, supervisor } = startReplica(fleet);
    await until('the freeze is seen', () => hasBrake(supervisor, fleet, 'frozen'));
    late.kill();
    await until('its lease ran out', async () => {
      const rows = await test.database.control.query<{ isOver: boolean }>(
        `select lease_expires_at < weir_now() - interval '200 milliseconds' as "isOver"
         from instance_leases where fleet_id = $1`,
        [fleet.fleetId],
      );
      return rows[0]!.isOver;
    });
    expect(await late.heartbeat()).toBe(true);
    await fleet.set({ frozen: false });
    await until('the freeze is over', () => !hasBrake(supervisor, fleet));
    expect(await late.heartbeat()).toBe(true);
    expect(observer.takenOver).toEqual([]);
  });

  it('fences nobody when the database`s clock is stepped ahead', async () => {
    const fleet = await createFleet();
    await fleet.join('a');
    await fleet.join('b');
    await fleet.addStreams(10);
    const { observer } = startReplica(fleet);
    await fleet.untilCounts({ a: 5, b: 5 });
    for (const offsetMs of [3_600_000, 7_200_000]) {
      await test.setClockOffset(offsetMs);
      const rounds = observer.rounds.length;
      await until('rounds went by', () => observer.rounds.length > rounds + 8);
    }
    expect(observer.takenOver).toEqual([]);
    expect([...fleet.instances.values()].some((instance) => instance.isFenced)).toBe(false);
    await fleet.untilCounts({ a: 5, b: 5 });
  });

  it('does no double work with two replicas, of which one is enough', async () => {
    const fleet = await createFleet();
    const dying = await fleet.join('a');
    await fleet.join('b');
    await fleet.join('c');
    const first = startReplica(fleet);
    const second = startReplica(fleet);
    await fleet.addStreams(300);
    await fleet.untilCounts({ a: 100, b: 100, c: 100 });
    await until('both had turns', () => [first, second].every((r) => r.observer.rounds.length > 1));
    expect(first.observer.placed + second.observer.placed).toBe(300);
    expect(first.observer.conflicts + second.observer.conflicts).toBe(0);
    await dying.heartbeat();
    dying.kill();
    const diedAt = performance.now();
    await first.supervisor.stop();
    await fleet.untilCounts({ b: 150, c: 150 });
    expect(performance.now() - diedAt).toBeLessThan(fleet.settings.leaseTtlMs + 1_000);
    expect(await fleet.history(['instance.lost'])).toHaveLength(1);
  });

  it('holds failover back on mass loss, says so once, and lets go in the end', async () => {
    const fleet = await createFleet();
    for (const serverId of ['a', 'b', 'c', 'd', 'e']) await fleet.join(serverId);
    await fleet.addStreams(50);
    startReplica();
    const { observer, supervisor } = startReplica(fleet);
    await fleet.untilCounts({ a: 10, b: 10, c: 10, d: 10, e: 10 });
    for (const serverId of ['a', 'b', 'c']) fleet.instances.get(serverId)!.kill();
    const diedAt = performance.now();
    await until('the brake holds', () => hasBrake(supervisor, fleet, 'mass-loss'));
    await fleet.untilCounts({ d: 25, e: 25 });
    const { leaseTtlMs, massLossHoldMs } = fleet.settings;
    expect(performance.now() - diedAt).toBeGreaterThan(leaseTtlMs * 0.6 + massLossHoldMs);
    const events = await until('it is said', async () => {
      const found = await fleet.history(['brake.engaged', 'brake.released']);
      return found.length === 2 ? found : undefined;
    });
    expect(events.map(({ kind, severity }) => [kind, severity])).toEqual([
      ['brake.engaged', 'CRITICAL'],
      ['brake.released', 'INFO'],
    ]);
    expect(observer.failures).toEqual([]);
  });

  it('holds on after a restart, until an operator lets the brake go, for replicas that start later too', async () => {
    const fleet = await createFleet({ massLossHoldMs: 600_000 });
    for (const serverId of ['a', 'b', 'c', 'd', 'e']) await fleet.join(serverId);
    await fleet.addStreams(50);
    const first = startReplica(fleet);
    await fleet.untilCounts({ a: 10, b: 10, c: 10, d: 10, e: 10 });
    for (const serverId of ['a', 'b', 'c']) fleet.instances.get(serverId)!.kill();
    await until('the brake holds', () => hasBrake(first.supervisor, fleet, 'mass-loss'));
    const [engaged] = await until('it is said', async () => {
      const found = await fleet.history(['brake.engaged']);
      return found.length === 1 ? found : undefined;
    });
    expect(engaged!.severity).toBe('CRITICAL');
    await first.supervisor.stop();
    const second = startReplica(fleet);
    await until('the brake holds again', () => hasBrake(second.supervisor, fleet, 'mass-loss'));
    await second.supervisor.stop();
    expect([...first.observer.takenOver, ...second.observer.takenOver]).toEqual([]);
    const order = { reason: 'the rack burnt', releasedBy: 'somebody' };
    const found = await findFleet(test.database.control, fleet.name);
    await releaseMassLoss(test.database.control, found!, order);
    const third = startReplica(fleet);
    await fleet.untilCounts({ d: 25, e: 25 });
    expect(third.observer.failures).toEqual([]);
    const events = await fleet.history(['brake.engaged', 'brake.released']);
    const massLoss = events.filter(({ message }) => !message.includes('control plane'));
    expect(massLoss.map(({ kind }) => kind).slice(0, 2)).toEqual([
      'brake.engaged',
      'brake.released',
    ]);
    expect(massLoss[1]!.message).toContain('somebody let the mass-loss brake go (the rack burnt)');
  });

  it('takes nobody over for a silence of the API, and says why', async () => {
    const fleet = await createFleet({ leaseTtlMs: 4_600 });
    const instances = [await fleet.join('a'), await fleet.join('b')];
    const beat = {
      service: 'orchestrator-api',
      replica: 'api-1',
      url: null,
      version: '1',
      status: 'ready',
      detail: {},
    } as const;
    await writeServiceBeat(test.database.control, beat);
    const { observer, supervisor } = startReplica(fleet);
    await until('the loop runs', () => observer.rounds.length > 0);
    for (const instance of instances) instance.kill();
    await until('the silence is noticed', () => hasBrake(supervisor, fleet, 'control-plane'));
    await until('a lease is over', async () => {
      const rows = await test.database.control.query<{ isOver: boolean }>(
        `select bool_and(lease_expires_at < weir_now() - interval '1 second') as "isOver"
         from instance_leases where fleet_id = $1`,
        [fleet.fleetId],
      );
      return rows[0]!.isOver;
    });
    expect(observer.takenOver).toEqual([]);
    const [event] = await fleet.history(['brake.engaged']);
    expect(event).toMatchObject({ severity: 'WARNING' });
    await writeServiceBeat(test.database.control, beat);
    for (const instance of instances) expect(await instance.heartbeat()).toBe(true);
    expect(observer.takenOver).toEqual([]);
    await test.database.control.query('delete from service_status');
  });

  it('places and takes over nothing in a frozen fleet until it is thawed', async () => {
    const fleet = await createFleet({ frozen: true });
    const dying = await fleet.join('a');
    await fleet.join('b');
    await fleet.addStreams(6);
    const { observer, supervisor } = startReplica(fleet);
    dying.kill();
    await until('rounds went by', () => observer.rounds.length > 10);
    expect(hasBrake(supervisor, fleet, 'frozen')).toBe(true);
    expect(await fleet.counts()).toEqual({ nobody: 6 });
    expect(await fleet.status('a')).toBe('ready');
    await fleet.set({ frozen: false });
    await fleet.untilCounts({ b: 6 });
    await until('a is lost', async () => (await fleet.status('a')) === 'lost');
  });

  it('lists a stream that nothing satisfies as unplaced, with why, once', async () => {
    const fleet = await createFleet();
    await fleet.join('a', { labels: { region: 'us' } });
    const [streamId] = await fleet.addStreams(1, { requires: { region: 'eu' } });
    await fleet.addStreams(2);
    const { observer } = startReplica(fleet);
    await fleet.untilCounts({ a: 2, nobody: 1 });
    const reasons = await until('it is listed', async () => {
      const rows = await test.database.control.query<{ reasons: Record<string, number> | null }>(
        `select unplaced_reasons as reasons from assignments
         where fleet_id = $1 and stream_id = $2`,
        [fleet.fleetId, streamId],
      );
      return rows[0]!.reasons;
    });
    expect(Object.keys(reasons).join()).toContain('label');
    const rounds = observer.rounds.length;
    await until('rounds went by', () => observer.rounds.length > rounds + 3);
    expect(await fleet.history(['stream.unplaced'])).toHaveLength(1);
    await fleet.join('b', { labels: { region: 'eu' } });
    await until('it runs', () => fleet.instances.get('b')!.running.has(streamId!));
  });

  it('tries a stream again that failed, not before its wait is over, and elsewhere', async () => {
    const fleet = await createFleet({ failedRetryMs: 400, reconcileIntervalMs: 10_000 });
    await fleet.join('a');
    await fleet.addStreams(1);
    startReplica();
    await fleet.untilCounts({ a: 1 });
    await fleet.join('b');
    await until('it runs', () => fleet.instances.get('a')!.running.size === 1);
    const failedAt = performance.now();
    await fleet.instances.get('a')!.fail();
    await fleet.untilCounts({ b: 1 });
    // Waits are up to a fifth shorter, so that streams that failed together come back one by one.
    expect(performance.now() - failedAt).toBeGreaterThanOrEqual(0.8 * 400);
    expect(performance.now() - failedAt).toBeLessThan(2_000);
  });
});
