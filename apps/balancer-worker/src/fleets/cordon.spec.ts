import { changeInstanceState } from '@weir/database';
import type { InstanceAction } from '@weir/database';
import { createTestDatabase, until } from '@weir/testing';
import type { TestDatabase } from '@weir/testing';
import { LiveFleet } from './live.fleet.test-support';
import { Replica } from './replica.test-support';

jest.setTimeout(60_000);

/** Small enough that a few streams more or less are beyond the band that keeps a fleet at rest. */
const ROOM = { maxStreams: 50 };
const ROUNDS = 10;

describe('an instance that an operator cordons', () => {
  let test: TestDatabase;
  let fleet: LiveFleet;
  let replica: Replica;
  let kept: Set<string>;

  beforeAll(async () => {
    test = await createTestDatabase('cordon');
    fleet = await LiveFleet.create(test.database, 'cordoned', { reconcileIntervalMs: 50 });
    replica = new Replica(test, fleet.name);
    await fleet.join('a', ROOM);
    await fleet.join('b', ROOM);
    await fleet.addStreams(20);
    await until(
      'both run their half',
      () => runningOn('a').size === 10 && runningOn('b').size === 10,
    );
    kept = runningOn('a');
    await operate('cordon');
  });
  afterAll(async () => {
    await replica.stop();
    await fleet.close();
    await test.close();
  });

  function runningOn(serverId: string): Set<string> {
    return new Set(fleet.instances.get(serverId)!.running.keys());
  }

  async function operate(action: InstanceAction): Promise<void> {
    const intent = { action, isOperator: true };
    await changeInstanceState(test.database.control, fleet.fleetId, 'a', intent);
  }

  async function untilRoundsWentBy(): Promise<void> {
    const { rounds } = replica.observer;
    const before = rounds.length;
    await until('rounds went by', () => rounds.length >= before + ROUNDS);
  }

  it('keeps what it has and is given nothing new, however uneven the fleet becomes', async () => {
    await fleet.addStreams(30);
    await fleet.untilCounts({ a: 10, b: 40 });
    await untilRoundsWentBy();
    expect(runningOn('a')).toEqual(kept);
    expect(await fleet.history(['move.started'])).toEqual([]);
  });

  it('stays cordoned over its own restart, which brings back what it had', async () => {
    fleet.instances.get('a')!.kill();
    await fleet.join('a', { ...ROOM, takeover: true });
    await until('it runs again what it had', () => runningOn('a').size === kept.size);
    expect(await fleet.status('a')).toBe('cordoned');
    await untilRoundsWentBy();
    expect(runningOn('a')).toEqual(kept);
    expect(await fleet.history(['move.started'])).toEqual([]);
  });

  it('takes its share again when the cordon is lifted', async () => {
    await operate('uncordon');
    await until('it has more', async () => ((await fleet.counts())['a'] ?? 0) > 20);
    const moves = await fleet.history(['move.started']);
    expect(new Set(moves.map(({ detail }) => detail['reason']))).toEqual(new Set(['balance']));
    expect(new Set(moves.map(({ serverId }) => serverId))).toEqual(new Set(['a']));
  });
});
