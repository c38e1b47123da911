import { advanceMoves, applyAcks, startMoves } from '@weir/database';
import type { Database } from '@weir/database';
import { DEFAULT_FLEET_SETTINGS, computeDigest } from '@weir/domain';
import type { AckState } from '@weir/domain';
import { createTestDatabase } from '@weir/testing';
import type { TestDatabase } from '@weir/testing';
import { DyingDatabase } from './dying.database.test-support';
import type { Death } from './dying.database.test-support';
import { TestFleet } from './fleet.test-support';

jest.setTimeout(120_000);

/** A step of a move, done by one replica; it may be done again by another. */
type Step = (database: Database) => Promise<unknown>;

let test: TestDatabase;
let fleet: TestFleet;
let incarnations: Record<string, number>;

beforeAll(async () => {
  test = await createTestDatabase('killed replicas');
  fleet = await TestFleet.create(test.database, 'killed');
  incarnations = { a: await fleet.register('a'), b: await fleet.register('b') };
  // Nobody sends heartbeats here, and the leases have to outlast the test.
  await test.database.control.query(
    `update instance_leases set lease_expires_at = weir_now() + interval '1 hour'`,
  );
});
afterAll(() => test.close());

function start(streamId: string): Step {
  const ends = { streamId, fromServerId: 'a', toServerId: 'b', expectedEpoch: 1 };
  const why = { reason: 'test', gain: 1, cost: 0 };
  return (database) =>
    startMoves(database.control, fleet.fleetId, [{ ...ends, ...why }], { stepTimeoutMs: 60_000 });
}

/** The instance says it until somebody has heard it, each time of the same epoch. */
function say(streamId: string, serverId: string, state: AckState): Step {
  let epoch: number | undefined;
  return async (database) => {
    epoch ??= (await fleet.told(serverId, streamId)).epoch;
    const sender = { serverId, incarnation: incarnations[serverId]! };
    const input = { acks: [{ streamId, epoch, state }], settings: DEFAULT_FLEET_SETTINGS };
    return applyAcks(database.control, fleet.fleetId, sender, input);
  };
}

const STORIES: Record<string, { exclusive: boolean; steps: (streamId: string) => Step[] }> = {
  'that breaks before it makes': {
    exclusive: true,
    steps: (id) => [
      start(id),
      say(id, 'b', 'prepared'),
      say(id, 'a', 'stopped'),
      say(id, 'b', 'running'),
    ],
  },
  'that makes before it breaks': {
    exclusive: false,
    steps: (id) => [start(id), say(id, 'b', 'running'), say(id, 'a', 'stopped')],
  },
};

async function runningStream(exclusive: boolean): Promise<string> {
  const [streamId] = await fleet.addStreams(1, { exclusive });
  await fleet.place([streamId!], 'a');
  await fleet.ack('a', incarnations['a']!, [{ streamId: streamId!, epoch: 1, state: 'running' }]);
  return streamId!;
}

/** @returns whether the replica died on the way. */
async function killDuring(step: Step, death: Death): Promise<boolean> {
  const dying = new DyingDatabase(test.options, death);
  await step(dying.database).catch(() => undefined);
  await dying.database.close();
  return dying.hasDied;
}

async function expectMoved(streamId: string): Promise<void> {
  expect(await fleet.assignment(streamId)).toMatchObject({ serverId: 'b', status: 'running' });
  expect((await fleet.ends()).filter((end) => end.streamId === streamId)).toEqual([]);
  const moves = (await fleet.moves()).filter((move) => move.streamId === streamId);
  expect(moves.map(({ state }) => state)).toEqual(['done']);
}

async function expectTrueCounters(): Promise<void> {
  for (const serverId of ['a', 'b']) {
    const owned = await test.database.control.query<{ streamId: string; epoch: number }>(
      `select stream_id::text as "streamId", epoch from assignments
       where fleet_id = $1 and server_id = $2`,
      [fleet.fleetId, serverId],
    );
    const { count, digest } = computeDigest(owned);
    expect(await fleet.counters(serverId)).toEqual({ held: count, run: count, digest });
  }
}

describe.each(Object.entries(STORIES))('a move %s', (_name, { exclusive, steps }) => {
  const count = steps('0').length;

  it.each(Array.from({ length: count }, (_unused, index) => index + 1))(
    'is gone on with by another replica, wherever one was killed in step %i',
    async (number) => {
      let deaths = 0;
      for (const when of ['before', 'after'] as const) {
        for (let statement = 1; ; statement += 1) {
          const streamId = await runningStream(exclusive);
          const todo = steps(streamId);
          for (const step of todo.slice(0, number - 1)) await step(test.database);
          const hasDied = await killDuring(todo[number - 1]!, { statement, when });
          await advanceMoves(test.database.control, fleet.fleetId);
          for (const step of todo.slice(number - 1)) await step(test.database);
          await expectMoved(streamId);
          if (!hasDied) break;
          deaths += 1;
        }
      }
      expect(deaths).toBeGreaterThan(8);
      await expectTrueCounters();
    },
  );
});
