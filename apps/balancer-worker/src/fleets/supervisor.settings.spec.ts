import { changeFleetSettings } from '@weir/database';
import type { FleetSettings } from '@weir/domain';
import { createTestDatabase, until } from '@weir/testing';
import type { TestDatabase } from '@weir/testing';
import { LiveFleet } from './live.fleet.test-support';
import { Replica } from './replica.test-support';

jest.setTimeout(60_000);

const STREAMS = 40;
/** Small enough that the band that keeps an idle fleet at rest holds nothing back. */
const ROOM = { maxStreams: 50 };

describe('a change of the settings of a fleet that is running', () => {
  let test: TestDatabase;
  const open: { close(): Promise<void> }[] = [];

  beforeAll(async () => {
    test = await createTestDatabase('balancer_settings');
  });
  afterEach(async () => {
    for (const part of open.splice(0).reverse()) await part.close();
  });
  afterAll(() => test.close());

  function startReplica(fleet: LiveFleet): Replica {
    const replica = new Replica(test, fleet.name);
    open.push({ close: () => replica.stop() });
    return replica;
  }

  /** All streams run on `a`; then `b` is there, empty, and only the settings hold moves back. */
  async function createUneven(settings: Partial<FleetSettings>): Promise<LiveFleet> {
    const fleet = await LiveFleet.create(test.database, 'uneven', settings);
    open.push(fleet);
    const a = await fleet.join('a', ROOM);
    await fleet.addStreams(STREAMS);
    const first = new Replica(test, fleet.name);
    await until('all run on a', () => a.running.size === STREAMS).finally(() => first.stop());
    await fleet.join('b', ROOM);
    return fleet;
  }

  it('takes effect in the next round: what a move must gain, and how many a plan begins', async () => {
    const fleet = await createUneven({ balanceMoveCostShare: 10 });
    const { observer } = startReplica(fleet);
    await until('it planned with both', () => observer.plans > 0 && observer.rounds.length > 3);
    expect(observer.rounds.map((round) => round.movesStarted)).toEqual(
      observer.rounds.map(() => 0),
    );
    const settled = observer.rounds.length;
    await changeFleetSettings(test.database.control, fleet.name, (current) => ({
      ...current,
      balanceMoveCostShare: 0.1,
      movesPerPlanMax: 3,
    }));
    await until('b has its share', async () => ((await fleet.counts())['b'] ?? 0) >= 16);
    const started = observer.rounds.map((round) => round.movesStarted);
    expect(Math.max(...started)).toBe(3);
    const next = observer.rounds.slice(settled).find((round) => round.planMs !== null);
    expect(next?.movesStarted).toBe(3);
  });
});
