import {
  advanceProbation,
  changeInstanceState,
  changeOwnership,
  isFreshChance,
  judgeLosses,
  readFleetDelta,
  renewLeases,
  retryStream,
} from '@weir/database';
import { DEFAULT_FLEET_SETTINGS } from '@weir/domain';
import { createTestDatabase } from '@weir/testing';
import type { TestDatabase } from '@weir/testing';
import { TestFleet } from './fleet.test-support';

const settings = DEFAULT_FLEET_SETTINGS;
let test: TestDatabase;
let fleet: TestFleet;
let fleetNumber = 0;
let clockMs = 0;
let live: Map<string, number>;

beforeAll(async () => {
  test = await createTestDatabase('dying-instances');
});
afterAll(() => test.close());
beforeEach(async () => {
  fleet = await TestFleet.create(test.database, `fleet-${(fleetNumber += 1)}`);
  live = new Map();
});

/** Lets time pass by the database's clock, in steps in which the living renew their leases. */
async function pass(ms: number, dead: readonly string[] = []): Promise<void> {
  for (let left = ms; left > 0; left -= 10_000) {
    clockMs += Math.min(10_000, left);
    await test.setClockOffset(clockMs);
    const renewals = [...live].flatMap(([serverId, incarnation]) =>
      dead.includes(serverId) ? [] : [fleet.renewal(serverId, incarnation)],
    );
    await renewLeases(test.database.heartbeat, renewals);
  }
}

async function join(...serverIds: readonly string[]): Promise<void> {
  for (const serverId of serverIds) live.set(serverId, await fleet.register(serverId));
}

/** Gives the streams to the instance, which runs them. */
async function give(streamIds: readonly string[], serverId: string): Promise<number> {
  let count = 0;
  for (const streamId of streamIds) {
    const { epoch } = await fleet.assignment(streamId);
    const [granted] = await fleet.place([streamId], serverId, epoch);
    if (!granted) continue;
    count += 1;
    const acks = [{ streamId, epoch: granted.epoch, state: 'running' as const }];
    await fleet.ack(serverId, live.get(serverId)!, acks);
  }
  return count;
}

/** It dies, its lease runs out, and it is taken over. */
async function die(serverId: string): Promise<void> {
  await pass(16_000, [serverId]);
  const taken = await fleet.takeOver(serverId, live.get(serverId)!);
  expect(taken.length).toBe(1);
  live.delete(serverId);
}

const judge = () => judgeLosses(test.database.control, fleet.fleetId, settings);
const tryAgain = () => advanceProbation(test.database.control, fleet.fleetId, settings);

async function heldBack(): Promise<Record<string, string>> {
  const rows = await test.database.control.query<{ streamId: string; heldBack: string }>(
    `select stream_id::text as "streamId", held_back as "heldBack" from assignments
     where fleet_id = $1 and held_back is not null`,
    [fleet.fleetId],
  );
  return Object.fromEntries(rows.map((row) => [row.streamId, row.heldBack]));
}

/** Three instances die, one after the other, of what these streams are given to them. */
async function killThree(streamIds: readonly string[]): Promise<void> {
  for (const serverId of ['a', 'b', 'c']) {
    await give(streamIds, serverId);
    await die(serverId);
    await judge();
  }
}

describe('a stream whose instances die', () => {
  beforeEach(() => join('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'));

  it('is isolated after the third, with the evidence, and is granted to nobody', async () => {
    const [poison, ...others] = await fleet.addStreams(200);
    await give(others.slice(0, 5), 'd');
    await killThree([poison!]);
    expect(await heldBack()).toEqual({ [poison!]: 'isolated' });
    const [detail] = await fleet.details('stream.isolated');
    expect(detail).toMatchObject({ isProven: true });
    const losses = detail!['losses'] as { serverId: string }[];
    expect(losses.map(({ serverId }) => serverId)).toEqual(['a', 'b', 'c']);
    expect(await give([poison!], 'e')).toBe(0);
    expect(await tryAgain()).toBe(0);
    expect(await judge()).toBe(0);
  });

  it('is not, when it had been there for long each time', async () => {
    const [streamId] = await fleet.addStreams(200);
    for (const serverId of ['a', 'b', 'c']) {
      await give([streamId!], serverId);
      await pass(settings.isolateRecentMs + 1_000);
      await die(serverId);
      await judge();
    }
    expect(await heldBack()).toEqual({});
  });

  it('is not, when it never was started because it waited for a lease', async () => {
    const [streamId] = await fleet.addStreams(200);
    await give([streamId!], 'a');
    await test.database.control.query(
      `update assignments set not_before = weir_now() + interval '1 hour' where fleet_id = $1`,
      [fleet.fleetId],
    );
    await die('a');
    const rows = await test.database.control.query<{ ids: string[] }>(
      'select suspect_ids::text[] as ids from instance_losses where fleet_id = $1',
      [fleet.fleetId],
    );
    expect(rows).toEqual([{ ids: [] }]);
  });

  it('is told apart from those that travelled with it, one after the other', async () => {
    const streamIds = await fleet.addStreams(200);
    const [poison, ...innocent] = streamIds.slice(0, 3) as [string, string, string];
    await killThree([poison, ...innocent]);
    expect(Object.values(await heldBack())).toEqual(['isolated', 'isolated', 'isolated']);
    // Two may be tried at a time among the seven that are left: one.
    expect(await tryAgain()).toBe(1);
    for (let round = 0; round < 10 && Object.keys(await heldBack()).length > 1; round += 1) {
      const held = await heldBack();
      const tried = Object.keys(held).find((id) => held[id] === 'probation');
      if (tried === undefined) break;
      await give([tried], 'd');
      if (tried === poison) {
        await die('d');
        await judge();
        await join('d');
      } else await pass(40_000);
      await tryAgain();
    }
    expect(await heldBack()).toEqual({ [poison]: 'isolated' });
    expect((await fleet.details('stream.released-from-isolation')).length).toBe(2);
    await pass(600_000);
    expect(await tryAgain()).toBe(0);
  });

  it('runs again when an operator says so, and old losses do not count against it', async () => {
    const [poison] = await fleet.addStreams(200);
    await killThree([poison!]);
    await retryStream(test.database.control, fleet.fleetId, poison!);
    expect(await heldBack()).toEqual({});
    await give([poison!], 'd');
    await die('d');
    await judge();
    expect(await heldBack()).toEqual({});
  });

  it('is stopped where it runs when it is found out late', async () => {
    const [poison] = await fleet.addStreams(200);
    for (const serverId of ['a', 'b', 'c']) {
      await give([poison!], serverId);
      await die(serverId);
    }
    await give([poison!], 'd');
    await judge();
    expect(await fleet.assignment(poison!)).toMatchObject({ serverId: 'd', status: 'stopping' });
    expect((await fleet.deliver('d')).changes).toMatchObject([{ desired: 'stop' }]);
  });

  it('costs one row per lost instance, however many streams it held', async () => {
    const streamIds = await fleet.addStreams(700);
    await give(streamIds.slice(0, 20), 'a');
    await fleet.place(streamIds.slice(20), 'a', 0);
    await die('a');
    const rows = await test.database.control.query<{ held: number; suspects: number }>(
      `select held_count as held, cardinality(suspect_ids) as suspects
       from instance_losses where fleet_id = $1`,
      [fleet.fleetId],
    );
    expect(rows).toEqual([{ held: 700, suspects: 500 }]);
  });
});

describe('an instance that crashes and registers again', () => {
  beforeEach(() => join('a', 'b', 'c', 'd'));

  async function crash(serverId: string): Promise<void> {
    await pass(2_000, [serverId]);
    const incarnation = await fleet.register(serverId, { takeover: true });
    live.set(serverId, incarnation);
    await judge();
  }

  it('is given its streams again once, and not those that it crashed with twice', async () => {
    const [poison] = await fleet.addStreams(50);
    await give([poison!], 'a');
    await crash('a');
    expect(await fleet.assignment(poison!)).toMatchObject({ serverId: 'a', failedOn: [] });
    await crash('a');
    expect(await fleet.assignment(poison!)).toMatchObject({ serverId: null, failedOn: ['a'] });
    await give([poison!], 'b');
    await crash('b');
    expect(await heldBack()).toEqual({ [poison!]: 'isolated' });
  });

  it('keeps them when nobody else has room', async () => {
    await fleet.register('b', { maxStreams: 0 });
    await fleet.register('c', { maxStreams: 0 });
    await fleet.register('d', { maxStreams: 0 });
    const [streamId] = await fleet.addStreams(50);
    await give([streamId!], 'a');
    for (let count = 0; count < 4; count += 1) await crash('a');
    expect(await fleet.assignment(streamId!)).toMatchObject({ serverId: 'a' });
  });

  it('is no crash when it left, or when its process still runs its streams', async () => {
    const [streamId] = await fleet.addStreams(50);
    await give([streamId!], 'a');
    const running = [{ streamId: streamId!, epoch: 1 }];
    live.set('a', await fleet.register('a', { running }));
    const rows = await test.database.control.query(
      'select 1 from instance_losses where fleet_id = $1',
      [fleet.fleetId],
    );
    expect(rows).toEqual([]);
  });

  it('flaps from the third time on: nothing new, for longer each time, told once', async () => {
    const [mine, other] = await fleet.addStreams(50);
    for (let count = 0; count < 2; count += 1) await crash('a');
    expect(await give([mine!], 'a')).toBe(1);
    await crash('a');
    expect(await give([other!], 'a')).toBe(0);
    await crash('a');
    expect(await fleet.details('instance.flapping')).toEqual([{ flaps: 3, flappingMs: 60_000 }]);
    const since = { revision: -1, loadsSinceMs: 0 };
    const delta = await readFleetDelta(test.database.control, fleet.fleetId, since);
    expect(delta.instances.filter((row) => row.isFlapping).map((row) => row.serverId)).toEqual([
      'a',
    ]);
    await pass(119_000);
    expect(await give([other!], 'a')).toBe(0);
    await pass(2_000);
    expect(await give([other!], 'a')).toBe(1);
  });

  it('is forgiven when an operator uncordons it', async () => {
    const [streamId] = await fleet.addStreams(50);
    for (let count = 0; count < 3; count += 1) await crash('a');
    expect(await give([streamId!], 'a')).toBe(0);
    const intent = { action: 'uncordon', isOperator: true } as const;
    await changeInstanceState(test.database.control, fleet.fleetId, 'a', intent);
    expect(await give([streamId!], 'a')).toBe(1);
    await crash('a');
    expect(await fleet.details('instance.flapping')).toHaveLength(1);
    expect(await fleet.details('instance.uncordoned')).toHaveLength(1);
  });

  it('does not flap when half of the fleet does: then it is not the instances', async () => {
    for (const serverId of ['a', 'b', 'c']) {
      for (let count = 0; count < 3; count += 1) await crash(serverId);
    }
    expect(await fleet.details('instance.flapping')).toHaveLength(2);
  });
});

describe('a change of a stream', () => {
  it('is a fresh chance when it changes what may be to blame', () => {
    expect(isFreshChance(['source'])).toBe(true);
    expect(isFreshChance(['requires'])).toBe(true);
    expect(isFreshChance(['enabled'])).toBe(true);
    expect(isFreshChance(['weight', 'priority'])).toBe(false);
  });

  it('keeps the schema from holding back without saying since when', async () => {
    const [streamId] = await fleet.addStreams(1);
    const writing = changeOwnership(test.database.control, fleet.fleetId, 'test', (change) =>
      change.sql.query(`update assignments set held_back = 'parked' where stream_id = $1`, [
        streamId,
      ]),
    );
    await expect(writing).rejects.toThrow('assignments_hold');
  });
});
