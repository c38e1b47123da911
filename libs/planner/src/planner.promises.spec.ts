import * as fc from 'fast-check';
import type { FleetSnapshot, StreamView } from './index';
import { defaultPlannerSettings, plan } from './index';
import {
  anyFleet,
  apply,
  CONTEXT,
  instance,
  loadsOf,
  planFor,
  settle,
  simpleFleet,
  stepsOf,
  stream,
  unlimited,
} from './fleet.test-support';

/** The promises that planner.safety.spec.ts (never) and planner.liveness.spec.ts (always) leave. */
const RUNS = { numRuns: 200 };

const fine = simpleFleet({
  instances: { min: 3, max: 6 },
  perInstance: { min: 24, max: 40 },
  weights: fc.double({ min: 1, max: 4, noNaN: true }),
});

describe('priority', () => {
  it('a stream is left out only for streams of its own priority or higher', () => {
    const scarce = fc.record({
      rooms: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 5 }),
      priorities: fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 24 }),
    });
    fc.assert(
      fc.property(scarce, ({ rooms, priorities }) => {
        const snapshot = {
          instances: rooms.map((room, at) => instance(`s${at}`, { capacity: { streams: room } })),
          streams: priorities.map((priority, at) => stream(String(at), { priority })),
        };
        const { placements, unplaced } = planFor(snapshot);
        const priorityOf = (id: string): number => priorities[Number(id)]!;
        const lowestPlaced = Math.min(9, ...placements.map((step) => priorityOf(step.streamId)));
        for (const { streamId } of unplaced) {
          expect(priorityOf(streamId)).toBeLessThanOrEqual(lowestPlaced);
        }
      }),
      RUNS,
    );
  });
});

describe('a spread group', () => {
  it('lies evenly over the zones that have room for it', () => {
    const world = fc.record({
      zones: fc.integer({ min: 1, max: 4 }),
      each: fc.integer({ min: 1, max: 4 }),
      members: fc.integer({ min: 1, max: 16 }),
      others: fc.array(fc.double({ min: 0.1, max: 9, noNaN: true }), { maxLength: 20 }),
    });
    fc.assert(
      fc.property(world, ({ zones, each, members, others }) => {
        const instances = Array.from({ length: zones * each }, (_, at) =>
          instance(`s${at}`, { zone: `z${at % zones}` }),
        );
        const streams = [
          ...others.map((weight, at) => stream(`o${at}`, { weight })),
          ...Array.from({ length: members }, (_, at) => stream(`m${at}`, { spreadGroup: 'g' })),
        ];
        const settled = settle({ instances, streams });
        const counts = Array.from({ length: zones }, () => 0);
        for (const view of settled.streams) {
          if (view.spreadGroup === undefined || view.owner === undefined) continue;
          counts[Number(view.owner.slice(1)) % zones]! += 1;
        }
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        expect(counts.reduce((sum, count) => sum + count)).toBe(Math.min(members, zones * each));
      }),
      RUNS,
    );
  });
});

describe('restraint', () => {
  it('no goal is worse after a plan than before it, when all streams run where they may', () => {
    fc.assert(
      fc.property(anyFleet, (snapshot) => {
        const { before, after } = planFor(settle(snapshot));
        expect(after.violations).toBeLessThanOrEqual(before.violations);
        expect(after.unplaced).toBeLessThanOrEqual(before.unplaced);
        if (before.unplaced > after.unplaced || before.violations > after.violations) return;
        expect(after.peak).toBeLessThanOrEqual(before.peak * (1 + 1e-9));
      }),
      RUNS,
    );
  });

  it('nothing is moved for balance while every instance is within the relative band', () => {
    within({ relativeBand: 0.1, absoluteBand: 0 }, 0.1);
  });

  it('nothing is moved for balance while every instance is within the absolute band', () => {
    within({ relativeBand: 0, absoluteBand: 0.2 }, 0.2);
  });

  function within(band: { relativeBand: number; absoluteBand: number }, width: number): void {
    const levels = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), {
      minLength: 2,
      maxLength: 8,
    });
    fc.assert(
      fc.property(levels, (all) => {
        // Ten streams each, so that none of them is large beside the band.
        const views = all.flatMap((level, at) =>
          Array.from({ length: 10 }, (_, of) =>
            stream(`${at}-${of}`, {
              owner: `s${at}`,
              weight: 10 * (1 + width * 0.4 * level),
            }),
          ),
        );
        const instances = all.map((_, at) => instance(`s${at}`));
        const planned = planFor({ instances, streams: views }, { ...unlimited, ...band });
        expect(stepsOf(planned)).toEqual([]);
      }),
      RUNS,
    );
  }

  it('a new stream never waits for a rebalance: no budget, band or cooldown holds it back', () => {
    const strict = {
      ...defaultPlannerSettings,
      balanceEnabled: false,
      maxMovesPerPlan: 0,
      maxMovesInFlight: 0,
      maxMovesInFlightPerInstance: 0,
      cooldownMs: 1e12,
    };
    fc.assert(
      fc.property(fine, (snapshot) => {
        const planned = plan(snapshot, strict, CONTEXT);
        expect(planned.placements).toHaveLength(snapshot.streams.length);
      }),
      RUNS,
    );
  });

  it('only the streams of the lost instance move, also when others could be better balanced', () => {
    fc.assert(
      fc.property(fine, fc.double({ min: 1.2, max: 3, noNaN: true }), (snapshot, factor) => {
        const old = settle(snapshot);
        const streams = old.streams.map((view) =>
          view.owner === 's1' ? { ...view, load: { weight: view.load.weight * factor } } : view,
        );
        const instances = old.instances.map((view) =>
          view.serverId === 's0' ? { ...view, status: 'lost' as const } : view,
        );
        const planned = planFor({ instances, streams });
        expect(planned.moves).toEqual([]);
        for (const step of planned.placements) expect(step.from).toBe('s0');
      }),
      RUNS,
    );
  });
});

describe('the peak', () => {
  it('is within the band of the mean, or of the largest stream, after one plan of many streams', () => {
    fc.assert(
      fc.property(fine, fc.double({ min: 0, max: 40, noNaN: true }), (snapshot, extra) => {
        const large: StreamView = stream('large', { weight: 0.01 + extra * 4 });
        const packed: FleetSnapshot = {
          ...snapshot,
          streams: [...snapshot.streams, large].map((view) => ({ ...view, owner: 's0' })),
        };
        const planned = planFor(packed);
        const capacity = packed.instances[0]!.capacity.streams;
        const bound = Math.max(planned.after.mean * 1.1, large.load.weight / capacity);
        expect(planned.after.peak).toBeLessThanOrEqual(
          Math.max(bound, planned.after.mean + 0.02) * (1 + 1e-9),
        );
      }),
      RUNS,
    );
  });
});

describe('a newcomer', () => {
  it('reaches its share by the fewest streams that can', () => {
    fc.assert(
      fc.property(fine, (snapshot) => {
        const old = settle(snapshot);
        const capacity = { streams: old.streams.length };
        const joined = { ...old, instances: [...old.instances, instance('new', { capacity })] };
        const { moves, after } = planFor(joined);
        const share = after.mean * capacity.streams;
        const heaviest = old.streams.map((view) => view.load.weight).sort((a, b) => b - a);
        let fewest = 0;
        for (let sum = 0; sum < 0.9 * share; fewest++) sum += heaviest[fewest]!;
        const got = loadsOf(apply(joined, planFor(joined)))['new']!;
        expect(got).toBeGreaterThan(0.9 * share);
        // Whole streams of unequal size: the last one may have to be two smaller ones.
        expect(moves.length).toBeLessThanOrEqual(fewest + Math.ceil(fewest * 0.35) + 1);
      }),
      RUNS,
    );
  });

  it('reaches the mean also when budgets fill it in many plans, and no old one does more', () => {
    fc.assert(
      fc.property(fine, fc.integer({ min: 1, max: 5 }), (snapshot, maxMovesPerPlan) => {
        const start = CONTEXT.now;
        const old = settle(snapshot);
        const capacity = { streams: old.streams.length };
        let fleet: FleetSnapshot = {
          instances: [...old.instances, instance('new', { capacity })],
          streams: old.streams.map((view) => ({ ...view, assignedAt: start - 1_000_000 })),
        };
        const settings = { ...unlimited, maxMovesPerPlan };
        let now = start;
        for (let round = 0; round < 100; round++, now += 100) {
          const { moves } = plan(fleet, settings, { now, seed: 1 });
          if (moves.length === 0) break;
          for (const step of moves) expect(step).toMatchObject({ to: 'new', reason: 'join' });
          const moved = new Map(moves.map((step) => [step.streamId, step.to]));
          fleet = {
            ...fleet,
            streams: fleet.streams.map((view) => {
              const owner = moved.get(view.streamId);
              return owner === undefined
                ? view
                : { ...view, owner, assignedAt: now, lastMovedAt: now };
            }),
          };
        }
        const share = planFor(fleet).after.mean * capacity.streams;
        const smallest = Math.min(...fleet.streams.map((view) => view.load.weight));
        expect(loadsOf(fleet)['new']!).toBeGreaterThan(0.99 * share - smallest - 1e-9);
      }),
      { numRuns: 60 },
    );
  });

  it('is an old one when its streams have been there for the cooldown', () => {
    const instances = ['a', 'b', 'c', 'd'].map((serverId) => instance(serverId));
    const streamsAt = (age: number): StreamView[] =>
      [30, 30, 30, 28].flatMap((count, at) =>
        Array.from({ length: count }, (_, of) =>
          stream(`${at}-${of}`, {
            owner: instances[at]!.serverId,
            assignedAt: CONTEXT.now - (at === 3 ? age : 1_000_000),
          }),
        ),
      );
    const { cooldownMs } = unlimited;
    const young = planFor({ instances, streams: streamsAt(cooldownMs - 1) });
    expect(young.moves.map((step) => step.to)).toEqual(['d']);
    expect(planFor({ instances, streams: streamsAt(cooldownMs) }).moves).toEqual([]);
  });
});

describe('a stream too large for any gap', () => {
  it('is placed by shifting smaller ones, wherever a few shifts make room', () => {
    const world = fc.record({
      count: fc.integer({ min: 2, max: 6 }),
      cores: fc.integer({ min: 4, max: 8 }),
      free: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(world, ({ count, cores, free }) => {
        const wanted = Math.min(count * free, cores, free + 3);
        fc.pre(wanted > free && wanted <= (count - 1) * free + free);
        const instances = Array.from({ length: count }, (_, at) =>
          instance(`s${at}`, { capacity: { streams: 50, cpuCores: cores } }),
        );
        const small = instances.flatMap((view, at) =>
          Array.from({ length: cores - free }, (_, of) =>
            stream(`${at}${of}`, { owner: view.serverId, load: { weight: 1, cpuCores: 1 } }),
          ),
        );
        const large = stream('large', { load: { weight: 1, cpuCores: wanted } });
        const settings = { ...unlimited, balanceEnabled: false };
        const settled = settle({ instances, streams: [...small, large] }, settings);
        expect(settled.streams.find((view) => view.streamId === 'large')?.owner).toBeDefined();
      }),
      RUNS,
    );
  });
});
