import * as fc from 'fast-check';
import type { FleetSnapshot, InstanceView, Plan, PlannerSettings, Step, StreamView } from './index';
import { defaultPlannerSettings, plan } from './index';

export const CONTEXT = { now: 1_000_000_000, seed: 1 };

/** Budgets that no test fleet can use up. */
export const unlimited: PlannerSettings = {
  ...defaultPlannerSettings,
  maxMovesPerPlan: 1_000_000,
  maxMovesInFlight: 1_000_000,
  maxMovesInFlightPerInstance: 1_000_000,
};

export function instance(serverId: string, more: Partial<InstanceView> = {}): InstanceView {
  return { serverId, status: 'ready', capacity: { streams: 100 }, ...more };
}

export function stream(
  streamId: string,
  more: Partial<StreamView> & { readonly weight?: number } = {},
): StreamView {
  const { weight = 1, ...rest } = more;
  return { streamId, load: { weight }, ...rest };
}

/** `count` streams of weight 1, ids `first`, `first + 1`, ... */
export function streams(
  first: number,
  count: number,
  more: Partial<StreamView> = {},
): StreamView[] {
  return Array.from({ length: count }, (_, at) => stream(String(first + at), more));
}

export function planFor(snapshot: FleetSnapshot, settings = unlimited): Plan {
  return plan(snapshot, settings, CONTEXT);
}

/** The fleet when every step of the plan and every move under way is done. */
export function apply(snapshot: FleetSnapshot, done: Plan): FleetSnapshot {
  const owners = new Map<string, string>();
  for (const move of snapshot.moves ?? []) owners.set(move.streamId, move.to);
  for (const step of stepsOf(done)) owners.set(step.streamId, step.to);
  return {
    instances: snapshot.instances,
    streams: snapshot.streams.map((view) => {
      const owner = owners.get(view.streamId);
      return owner === undefined ? view : { ...view, owner };
    }),
  };
}

export function stepsOf(done: Plan): Step[] {
  return [...done.placements, ...done.moves];
}

/** Plans and applies until nothing is left to do, at most 20 times. */
export function settle(snapshot: FleetSnapshot, settings = unlimited): FleetSnapshot {
  let settled = snapshot;
  for (let round = 0; round < 20; round++) {
    const next = planFor(settled, settings);
    if (stepsOf(next).length === 0) return settled;
    settled = apply(settled, next);
  }
  return settled;
}

export function loadsOf(snapshot: FleetSnapshot): Record<string, number> {
  const loads = Object.fromEntries(snapshot.instances.map((view) => [view.serverId, 0]));
  for (const view of snapshot.streams) {
    if (view.owner !== undefined && view.owner in loads) {
      loads[view.owner] = (loads[view.owner] ?? 0) + view.load.weight;
    }
  }
  return loads;
}

/**
 * What each instance may hold at worst while the plan is carried out: each stream counted wherever
 * it is or may be, at both ends of every move.
 */
export function holdersDuring(snapshot: FleetSnapshot, during: Plan): Map<string, StreamView[]> {
  const ends = new Map<string, Set<string>>();
  const add = (streamId: string, serverId: string | undefined): void => {
    if (serverId === undefined) return;
    ends.set(streamId, (ends.get(streamId) ?? new Set()).add(serverId));
  };
  for (const view of snapshot.streams) add(view.streamId, view.owner);
  for (const move of snapshot.moves ?? []) {
    add(move.streamId, move.from);
    add(move.streamId, move.to);
  }
  for (const step of stepsOf(during)) add(step.streamId, step.to);
  const holders = new Map<string, StreamView[]>();
  for (const view of snapshot.streams) {
    for (const serverId of ends.get(view.streamId) ?? []) {
      holders.set(serverId, [...(holders.get(serverId) ?? []), view]);
    }
  }
  return holders;
}

/** `capacity streams`, `capacity cpuCores`, ...: limits that the streams exceed on the instance. */
export function exceededLimits(view: InstanceView, held: readonly StreamView[]): string[] {
  return Object.entries(view.capacity)
    .filter(([resource, limit]) => {
      if (resource === 'streams') return held.length > limit;
      const used = held.reduce((sum, one) => sum + (one.load[resource] ?? 0), 0);
      return used > limit * (1 + 1e-8);
    })
    .map(([resource]) => `capacity ${resource}`);
}

/** Independent of the planner's own tables. */
export function isAllowedByLabels(view: StreamView, on: InstanceView): boolean {
  const has = on.labels ?? {};
  const requires = Object.entries(view.requires ?? {});
  const avoids = Object.entries(view.avoid ?? {});
  return (
    requires.every(([key, value]) => has[key] === value) &&
    avoids.every(([key, value]) => has[key] !== value)
  );
}

const region = fc.constantFrom('eu', 'us');
const disk = fc.constantFrom('fast', 'slow');

const anInstance = fc.record(
  {
    status: fc.constantFrom('ready', 'ready', 'ready', 'cordoned', 'draining', 'lost'),
    zone: fc.constantFrom('a', 'b', 'c'),
    labels: fc.record({ region, disk }, { requiredKeys: [] }),
    capacity: fc.record({
      streams: fc.integer({ min: 0, max: 12 }),
      cpuCores: fc.integer({ min: 1, max: 16 }),
    }),
    performance: fc.double({ min: 0.2, max: 1, noNaN: true }),
  },
  { requiredKeys: ['status', 'capacity'] },
);

const aStream = fc.record(
  {
    load: fc.record({
      weight: fc.double({ min: 0.1, max: 8, noNaN: true }),
      cpuCores: fc.integer({ min: 0, max: 6 }),
    }),
    priority: fc.integer({ min: 0, max: 9 }),
    exclusive: fc.boolean(),
    owner: fc.integer({ min: 0, max: 9 }).map((index) => `s${index}`),
    lastMovedAt: fc.integer({ min: CONTEXT.now - 200_000, max: CONTEXT.now }),
    moveCost: fc.double({ min: 0, max: 12, noNaN: true }),
    requires: fc.oneof(fc.constant({}), fc.record({ region })),
    avoid: fc.oneof(fc.constant({}), fc.record({ disk })),
    spreadGroup: fc.constantFrom('g1', 'g2'),
    failedOn: fc.uniqueArray(fc.constantFrom('s0', 's1', 's2'), { maxLength: 2 }),
    enabled: fc.constantFrom(true, true, true, false),
  },
  { requiredKeys: ['load'] },
);

/**
 * Any fleet at all: broken constraints, full, lost and unknown owners, moves under way included.
 */
export const anyFleet: fc.Arbitrary<FleetSnapshot> = fc
  .record({
    instances: fc.array(anInstance, { maxLength: 8 }),
    streams: fc.array(aStream, { maxLength: 40 }),
    moving: fc.array(fc.tuple(fc.nat(39), fc.nat(7)), { maxLength: 4 }),
  })
  .map(({ instances, streams: all, moving }) => {
    const named = all.map((view, at) => ({ ...view, streamId: String(at) }) as StreamView);
    const moves = new Map(
      moving
        .filter(([at]) => named[at]?.owner !== undefined)
        .map(([at, to]) => [at, { streamId: String(at), from: named[at]!.owner!, to: `s${to}` }]),
    );
    return {
      instances: instances.map((view, at) => ({ ...view, serverId: `s${at}` }) as InstanceView),
      streams: named,
      moves: [...moves.values()],
    };
  });

/**
 * Ready instances of one size, room for all, no constraints: streams of `sizes`, without an owner.
 */
export function simpleFleet(options: {
  readonly instances: { readonly min: number; readonly max: number };
  readonly perInstance: { readonly min: number; readonly max: number };
  readonly weights: fc.Arbitrary<number>;
}): fc.Arbitrary<FleetSnapshot> {
  return fc
    .tuple(fc.integer(options.instances), fc.integer(options.perInstance))
    .chain(([count, each]) =>
      fc
        .array(options.weights, { minLength: count * each, maxLength: count * each })
        .map((weights) => ({
          instances: Array.from({ length: count }, (_, at) =>
            instance(`s${at}`, { capacity: { streams: count * each } }),
          ),
          streams: weights.map((weight, at) => stream(String(at), { weight })),
        })),
    );
}

/** The same snapshot in another order. */
export function shuffled(snapshot: FleetSnapshot): fc.Arbitrary<FleetSnapshot> {
  const whole = <T>(list: readonly T[]): fc.Arbitrary<T[]> =>
    fc.shuffledSubarray([...list], { minLength: list.length, maxLength: list.length });
  return fc.record({
    instances: whole(snapshot.instances),
    streams: whole(snapshot.streams),
    moves: whole(snapshot.moves ?? []),
  });
}
