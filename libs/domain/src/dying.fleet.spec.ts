import { DyingFleet } from './dying.fleet.test-support';
import type { DyingFleetRules } from './dying.fleet.test-support';

const HOUR_MS = 3_600_000;
const STREAMS = 200;
const POISON = '7';
const SEEDS = [1, 2, 3];

/** mulberry32: the same numbers for the same seed, in 0..1. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Death = DyingFleetRules['death'];

function createFleet(rules: Partial<DyingFleetRules> & { random: () => number }): DyingFleet {
  const usual = { instances: 10, streams: STREAMS, poison: new Map(), crashesPerHour: 0 };
  return new DyingFleet({ ...usual, death: 'taken-over', ...rules });
}

const fleets = [3, 10, 50].flatMap((instances) =>
  (['taken-over', 'replaced'] as const).map((death): [number, Death] => [instances, death]),
);

describe.each(fleets)(
  'a poison stream among 200 on %i instances that are %s',
  (instances, death) => {
    it.each(SEEDS)('is found after three lost incarnations when it is new (seed %i)', (seed) => {
      const random = seeded(seed * 7_919);
      const poison = new Map([[POISON, 1_000 + Math.floor(random() * 30_000)]]);
      const fleet = createFleet({ instances, death, poison, random });
      fleet.run(HOUR_MS / 4);
      fleet.poisonArrives();
      fleet.run(HOUR_MS);
      expect(fleet.lostBefore.get(POISON)?.incarnations).toBe(3);
      expect([...fleet.holds.keys()]).toEqual([POISON]);
      expect(fleet.holds.get(POISON)?.kind).toBe('isolated');
      // Its probation, where it needed one, cost one instance more.
      expect(fleet.lostServers.length).toBeLessThanOrEqual(4);
    });

    it.each(SEEDS)('is found after four when it had been running for long (seed %i)', (seed) => {
      const random = seeded(seed * 104_729);
      const poison = new Map([[POISON, Number.POSITIVE_INFINITY]]);
      const fleet = createFleet({ instances, death, poison, random });
      fleet.poisonArrives();
      fleet.run(HOUR_MS / 4);
      poison.set(POISON, 1_000 + Math.floor(random() * 30_000));
      fleet.run(1.5 * HOUR_MS);
      expect(fleet.lostBefore.get(POISON)?.incarnations).toBeLessThanOrEqual(4);
      expect([...fleet.holds.keys()]).toEqual([POISON]);
      expect(fleet.lostServers.length).toBeLessThanOrEqual(6);
    });
  },
);

describe.each(fleets)('crashes without a poison stream on %i instances that are %s', (...of) => {
  const [instances, death] = of;

  it('isolate nothing, at one crash of each instance a day', () => {
    const random = seeded(instances);
    const fleet = createFleet({ instances, death, crashesPerHour: 1 / 24, random });
    fleet.run(4 * HOUR_MS);
    expect(fleet.everIsolated.size).toBe(0);
  });
});

it('finds two poison streams one after the other, while instances crash on their own', () => {
  const random = seeded(31);
  const poison = new Map([
    ['7', 2_000],
    ['8', 9_000],
  ]);
  const fleet = createFleet({ instances: 10, poison, crashesPerHour: 1 / 24, random });
  fleet.run(HOUR_MS / 4);
  fleet.poisonArrives();
  fleet.run(HOUR_MS);
  expect([...fleet.holds.keys()].sort()).toEqual(['7', '8']);
});
