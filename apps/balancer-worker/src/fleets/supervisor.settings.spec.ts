import { Database, changeFleetSettings } from '@weir/database';
import type { FleetSettings } from '@weir/domain';
import { createTestDatabase, until } from '@weir/testing';
import type { TestDatabase } from '@weir/testing';
import { FleetSupervisor } from './fleet.supervisor';
import { LiveFleet } from './live.fleet.test-support';
import { RecordingObserver } from './supervisor.observer.test-support';

jest.setTimeout(60_000);

const STREAMS = 40;
/** Small enough that one stream more or less is beyond the band that keeps an idle fleet at rest. */
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

  function startReplica(fleet: LiveFleet): RecordingObserver & { stop(): Promise<void> } {
    const observer = new RecordingObserver(fleet.name);
    const database = new Database(test.options, () => undefined);
    const supervisor = new FleetSupervisor(database, observer);
    supervisor.start();
    let stopped: Promise<void> | undefined;
    const stop = () => (stopped ??= supervisor.stop().then(() => database.close()));
    open.push({ close: stop });
    return Object.assign(observer, { stop });
  }

  /** All streams run on `a`; then `b` is there, empty, and only the settings hold moves back. */
  async function createUneven(settings: Partial<FleetSettings>): Promise<LiveFleet> {
    const fleet = await LiveFleet.create(test.database, 'uneven', settings);
    open.push(fleet);
    const a = await fleet.join('a', ROOM);
    await fleet.addStreams(STREAMS);
    const first = startReplica(fleet);
    await until('all run on a', () => a.running.size === STREAMS);
    await first.stop();
    await fleet.join('b', ROOM);
    return fleet;
  }

  it('takes effect in the next round: what a move must gain, and how many a plan begins', async () => {
    const fleet = await createUneven({ balanceMoveCostShare: 10 });
    const observer = startReplica(fleet);
    await until('it planned with both', () => observer.plans > 0 && observer.rounds.length > 3);
    expect(observer.rounds.map((round) => round.movesStarted)).toEqual(
      observer.rounds.map(() => 0),
    );
    await changeFleetSettings(test.database.control, fleet.name, (current) => ({
      ...current,
      balanceMoveCostShare: 0.1,
      movesPerPlanMax: 3,
    }));
    await until('b has its share', async () => ((await fleet.counts())['b'] ?? 0) >= 16);
    const started = observer.rounds.map((round) => round.movesStarted);
    expect(Math.max(...started)).toBe(3);
    expect(started.find((moves) => moves > 0)).toBe(3);
  });
});
