import { changeRebalance, getRebalance, requestRebalance } from '@weir/database';
import type { RebalanceAction } from '@weir/database';
import type { FleetSettings, RebalanceView } from '@weir/domain';
import { createTestDatabase, until } from '@weir/testing';
import type { TestDatabase } from '@weir/testing';
import { LiveFleet } from './live.fleet.test-support';
import { Replica } from './replica.test-support';

const LONG = { leaseTtlMs: 60_000, balanceEnabled: false };

describe('a rebalance that was asked for', () => {
  let test: TestDatabase;
  const open: { close(): Promise<void> }[] = [];

  beforeAll(async () => {
    test = await createTestDatabase('rebalance');
  });
  afterEach(async () => {
    for (const part of open.splice(0).reverse()) await part.close();
  });
  afterAll(() => test.close());

  /** Twelve streams on one instance, and an empty one beside it that balancing leaves alone. */
  async function unevenFleet(name: string, more: Partial<FleetSettings> = {}): Promise<LiveFleet> {
    const fleet = await LiveFleet.create(test.database, name, { ...LONG, ...more });
    open.push(fleet);
    await fleet.join('old');
    await fleet.addStreams(12);
    startReplica(fleet);
    await fleet.untilCounts({ old: 12 });
    await fleet.join('new');
    return fleet;
  }

  function startReplica(fleet: LiveFleet): Replica {
    const replica = new Replica(test, fleet.name);
    open.push({ close: () => replica.stop() });
    return replica;
  }

  const request = (fleet: LiveFleet, maxMoves = 100): Promise<string> =>
    requestRebalance(test.database.control, fleet.fleetId, {
      maxMoves,
      reason: 'test',
      ignoresCooldown: true,
      requestedBy: 'tester',
    });
  const order = (fleet: LiveFleet, planId: string, action: RebalanceAction): Promise<void> =>
    changeRebalance(test.database.control, fleet.fleetId, planId, {
      action,
      requestedBy: 'tester',
    });
  const view = (fleet: LiveFleet, planId: string): Promise<RebalanceView> =>
    getRebalance(test.database.control, fleet.fleetId, planId);
  const untilState = (fleet: LiveFleet, planId: string, state: string) =>
    until(`the rebalance is ${state}`, async () => (await view(fleet, planId)).state === state);

  it('is planned, begun within the budgets, and done; who asks too early is told of it', async () => {
    const fleet = await unevenFleet('uneven', { movesInFlightPerInstanceMax: 2 });
    const planId = await request(fleet);
    await expect(request(fleet)).rejects.toMatchObject({ code: 'REBALANCE_UNDER_WAY' });
    await fleet.untilCounts({ old: 6, new: 6 });
    await untilState(fleet, planId, 'done');
    const done = await view(fleet, planId);
    expect(done.progress).toMatchObject({ done: 6, planned: 0, aborted: 0 });
    expect(done.outcome).toContain('6 moves done');
    const kinds = (await fleet.history(['plan.requested', 'plan.planned', 'plan.done'])).map(
      ({ kind }) => kind,
    );
    expect(kinds).toEqual(['plan.requested', 'plan.planned', 'plan.done']);
    const again = await request(fleet);
    await untilState(fleet, again, 'done');
    expect((await view(fleet, again)).outcome).toContain('no move gains more than it costs');
  });

  it('moves no more than it may', async () => {
    const fleet = await unevenFleet('bounded');
    const planId = await request(fleet, 2);
    await untilState(fleet, planId, 'done');
    expect(await fleet.counts()).toEqual({ old: 10, new: 2 });
  });

  it('begins nothing while it is paused, and goes on when it is resumed', async () => {
    const fleet = await unevenFleet('paused', { movesInFlightMax: 1 });
    fleet.instances.get('new')!.isMute = true;
    const planId = await request(fleet);
    await until(
      'a move is under way',
      async () => (await view(fleet, planId)).progress.preparing > 0,
    );
    await order(fleet, planId, 'pause');
    fleet.instances.get('new')!.speak();
    await fleet.untilCounts({ old: 11, new: 1 });
    await until('it has ended', async () => (await view(fleet, planId)).progress.done === 1);
    expect(await view(fleet, planId)).toMatchObject({ state: 'paused', progress: { planned: 5 } });
    await order(fleet, planId, 'resume');
    await fleet.untilCounts({ old: 6, new: 6 });
    await untilState(fleet, planId, 'done');
  });

  it('really stops when it is cancelled: sources that were told to stop run on', async () => {
    const fleet = await unevenFleet('cancelled', { movesInFlightMax: 3 });
    fleet.instances.get('old')!.isMute = true;
    const planId = await request(fleet);
    await until(
      'sources are to stop',
      async () => (await view(fleet, planId)).progress.stopping > 2,
    );
    await order(fleet, planId, 'cancel');
    fleet.instances.get('old')!.speak();
    const cancelled = await view(fleet, planId);
    expect(cancelled).toMatchObject({ state: 'cancelled', progress: { cancelled: 6, planned: 0 } });
    expect(cancelled.outcome).toContain('3 moves never began, 3 under way were taken back');
    expect(await fleet.counts()).toEqual({ old: 12 });
    await until('nothing is left over', async () => {
      const rows = await test.database.control.query(
        'select 1 from move_ends where fleet_id = $1',
        [fleet.fleetId],
      );
      return rows.length === 0;
    });
    await expect(order(fleet, planId, 'pause')).rejects.toMatchObject({
      code: 'REBALANCE_STATE_CONFLICT',
    });
  });

  it('drops what no longer fits, and says why', async () => {
    const fleet = await unevenFleet('outdated', { movesInFlightMax: 1 });
    fleet.instances.get('new')!.isMute = true;
    const planId = await request(fleet);
    await until(
      'a move is under way',
      async () => (await view(fleet, planId)).progress.preparing > 0,
    );
    await test.database.control.query(
      `update instances set status = 'cordoned' where fleet_id = $1 and server_id = 'new'`,
      [fleet.fleetId],
    );
    fleet.instances.get('new')!.speak();
    await untilState(fleet, planId, 'done');
    const rows = await test.database.control.query<{ error: string }>(
      `select distinct error from moves where fleet_id = $1 and started_at is null`,
      [fleet.fleetId],
    );
    expect(rows).toEqual([{ error: 'new cannot take it any more: cordoned' }]);
  });

  it('is gone on with by another replica when the one that carried it out is gone', async () => {
    const fleet = await LiveFleet.create(test.database, 'handed-on', {
      ...LONG,
      movesInFlightMax: 1,
    });
    open.push(fleet);
    await fleet.join('old');
    await fleet.addStreams(12);
    const first = new Replica(test, fleet.name);
    await fleet.untilCounts({ old: 12 });
    await fleet.join('new');
    const planId = await request(fleet);
    await until('it has begun', async () => (await view(fleet, planId)).progress.done > 0);
    await first.stop();
    startReplica(fleet);
    await untilState(fleet, planId, 'done');
    expect(await fleet.counts()).toEqual({ old: 6, new: 6 });
  });
});

/** So small that ten streams more or less are far beyond the bands of balancing. */
const ROOM = { maxStreams: 50 };

describe('work flows back by itself', () => {
  let test: TestDatabase;
  const open: { close(): Promise<void> }[] = [];
  beforeAll(async () => {
    test = await createTestDatabase('flow back');
  });
  afterAll(async () => {
    for (const part of open.splice(0).reverse()) await part.close();
    await test.close();
  });

  it('gradually, within the budget of each instance, to one that returns', async () => {
    const fleet = await LiveFleet.create(test.database, 'returning', {
      leaseTtlMs: 60_000,
      movesInFlightPerInstanceMax: 2,
    });
    const replica = new Replica(test, fleet.name);
    open.push(fleet, { close: () => replica.stop() });
    const back = await fleet.join('returns', ROOM);
    await fleet.join('stays', ROOM);
    await fleet.addStreams(20);
    await fleet.untilCounts({ returns: 10, stays: 10 });
    await back.leave();
    await fleet.untilCounts({ stays: 20 });
    await test.database.control.query(
      `create table most_moves as select 0::bigint as live;
       create function note_moves() returns trigger language plpgsql as $$ begin
         update most_moves set live = greatest(live, (select count(*) from moves
           where state in ('preparing', 'stopping', 'starting'))); return null; end $$;
       create trigger note_moves after insert or update on moves
         for each statement execute function note_moves()`,
    );
    await fleet.join('returns', ROOM);
    await until('it has its share', async () => ((await fleet.counts())['returns'] ?? 0) >= 9);
    const most = await test.database.control.query<{ live: number }>('select live from most_moves');
    expect(most[0]!.live).toBeGreaterThan(0);
    expect(most[0]!.live).toBeLessThanOrEqual(2);
  });
});
