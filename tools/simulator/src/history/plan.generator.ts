import { SeededRandom } from '../kernel/seeded.random';
import type { HistoryPlan, Incident, OperatorAction, Swarm, TimedIncident } from './history.plan';

/** How long faults go on unless it was asked for otherwise, in ms. */
const FAULTS_MS = 30_000;
const LEASE_TTLS_MS = [3_000, 3_000, 4_000, 6_000];
/** Steps of the database's clock: from noise to what an operator's mistake makes. In ms. */
const CLOCK_STEPS_MS = [11, 47, 250, 1_000, 3_500, 8_000, 20_000];

/** A kind of fault that a history may have, and how often then. */
interface FaultKind {
  readonly perMinute: number;
  readonly make: (world: PlannedWorld) => Incident;
}

interface PlannedWorld {
  readonly random: SeededRandom;
  readonly leaseTtlMs: number;
  readonly apis: readonly string[];
  readonly balancers: readonly string[];
  readonly instances: readonly string[];
  readonly spare: readonly string[];
  readonly streams: readonly string[];
}

/**
 * Decides a history: its size, which kinds of faults it has at all (a random subset, so that rare
 * combinations are not drowned by all of them together), and when each happens.
 */
export function generatePlan(seed: number, faultsMs = FAULTS_MS): HistoryPlan {
  const random = new SeededRandom(seed, 'plan');
  const apis = 2;
  const balancers = random.integer(2, 3);
  const names = (prefix: string, count: number): string[] =>
    Array.from({ length: count }, (_, at) => `${prefix}-${at + 1}`);
  const instanceNames = names('i', random.integer(3, 5));
  const streams = names('s', random.integer(5, 12)).map((name) => ({
    name,
    exclusive: random.happens(0.8),
    autonomyMs: random.happens(0.15) ? random.integer(1, 4) * 1_000 : 0,
  }));
  const leaseTtlMs = random.pick(LEASE_TTLS_MS);
  const world: PlannedWorld = {
    random,
    leaseTtlMs,
    apis: names('api', apis),
    balancers: names('balancer', balancers),
    instances: instanceNames,
    spare: names('j', 2),
    streams: streams.map(({ name }) => name),
  };
  const incidents = generateIncidents(world, faultsMs);
  const known = withoutKnownHoles(incidents);
  const swarm = withoutLoss(generateSwarm(random), known);
  const room = Math.ceil((streams.length / instanceNames.length) * 2) + 1;
  const instances = [...instanceNames, ...world.spare].map((name) => ({
    name,
    maxStreams: room + random.integer(0, 3),
  }));
  return {
    seed,
    apis,
    balancers,
    instances,
    streams: streams.map((stream) =>
      hasForwardStep(incidents) ? { ...stream, autonomyMs: 0 } : stream,
    ),
    leaseTtlMs,
    faultsMs,
    swarm,
    incidents: withoutLateVouches(known, swarm),
  };
}

/**
 * What is left of an old lease, autonomy and quarantines are waited for by the database's clock
 * alone. When that clock is stepped forward meanwhile, an old owner that still runs is not waited
 * for. No history has both until that is closed: it would hide everything else.
 */
function withoutKnownHoles(incidents: readonly TimedIncident[]): readonly TimedIncident[] {
  if (!hasForwardStep(incidents)) return withoutHinderedResync(incidents);
  const holes = new Set<Incident['kind']>(['twin', 'restore-database']);
  return incidents.filter(({ incident }) => !holes.has(incident.kind));
}

/** How long before and after a restore nothing else may keep instances from a resync, in ms. */
const QUIET_MS = 12_000;

/**
 * A restored database goes on renewing leases of instances that have not yet told it what they run,
 * and grants what it believes to be free after one lease. An instance whose resync takes longer
 * than that is not waited for. Until that is closed a history has one restore, and little that
 * could hinder a resync near it.
 */
function withoutHinderedResync(incidents: readonly TimedIncident[]): readonly TimedIncident[] {
  const restore = incidents.find(({ incident }) => incident.kind === 'restore-database');
  if (!restore) return incidents;
  return incidents.filter((timed) => {
    if (timed === restore) return true;
    if (timed.incident.kind === 'restore-database') return false;
    const isNear = Math.abs(timed.at - restore.at) < QUIET_MS;
    return !(isNear && HINDERS_RESYNC.has(timed.incident.kind));
  });
}

/** Chance does not hinder a resync either. */
function withoutLoss(swarm: Swarm, incidents: readonly TimedIncident[]): Swarm {
  const hasRestore = incidents.some(({ incident }) => incident.kind === 'restore-database');
  if (!hasRestore) return swarm;
  return { ...swarm, lossShare: 0, delayedShare: 0, breakShare: 0, lostCommitShare: 0 };
}

const HINDERS_RESYNC = new Set<Incident['kind']>([
  'cut',
  'cut-database',
  'pause',
  'block',
  'slow-database',
  'restart-database',
  'crash',
]);

/**
 * A registration that vouches for the end of an earlier process is believed whenever it comes, also
 * when the process that sent it, or its successor, runs under a later incarnation by then. No
 * history has both vouches and requests that come late until that is closed.
 */
function withoutLateVouches(
  incidents: readonly TimedIncident[],
  swarm: Swarm,
): readonly TimedIncident[] {
  const isLate =
    swarm.delayedShare > 0 ||
    swarm.duplicateShare > 0 ||
    incidents.some(({ incident }) => LATENESS.has(incident.kind));
  if (!isLate) return incidents;
  return incidents.map(({ at, incident }) =>
    'vouches' in incident ? { at, incident: { ...incident, vouches: false } } : { at, incident },
  );
}

/** What may hold up a request for longer than its caller waits for it. */
const LATENESS = new Set<Incident['kind']>([
  'pause',
  'cut-database',
  'slow-database',
  'restart-database',
]);

function hasForwardStep(incidents: readonly TimedIncident[]): boolean {
  return incidents.some(({ incident }) => incident.kind === 'step-clock' && incident.byMs > 0);
}

function generateSwarm(random: SeededRandom): Swarm {
  const maybe = (chance: number, most: number): number =>
    random.happens(chance) ? random.next() * most : 0;
  return {
    lossShare: maybe(0.4, 0.25),
    duplicateShare: maybe(0.4, 0.2),
    delayedShare: maybe(0.4, 0.1),
    delayedMostMs: random.pick([200, 1_000, 5_000, 20_000]),
    breakShare: maybe(0.3, 0.01),
    lostCommitShare: maybe(0.3, 0.08),
    failShare: maybe(0.2, 0.3),
    slowHostShare: maybe(0.3, 0.3),
    slowHostMostMs: random.pick([200, 1_500, 7_000]),
    effectMostMs: random.pick([5, 50, 1_000, 5_000]),
    rateError: random.pick([0, 0.001, 0.02, 0.02]),
  };
}

function generateIncidents(world: PlannedWorld, faultsMs: number): TimedIncident[] {
  const { random } = world;
  const incidents: TimedIncident[] = [];
  for (const { perMinute, make } of Object.values(FAULT_KINDS)) {
    if (!random.happens(0.45)) continue;
    const expected = (perMinute * faultsMs) / 60_000;
    const count = Math.floor(expected * random.between(0.3, 1.7) + random.next());
    for (let made = 0; made < count; made += 1) {
      const incident = make(world);
      // What operators do after the last fault must not be lost with a restore that comes later.
      const downMs = 'downMs' in incident ? incident.downMs : 0;
      const latest = Math.max(1_600, faultsMs - downMs - 500);
      incidents.push({ at: Math.round(random.between(1_500, latest)), incident });
    }
  }
  const hasRestore = incidents.some(({ incident }) => incident.kind === 'restore-database');
  if (hasRestore) {
    for (let at = 1_000; at < faultsMs; at += 2_000) {
      incidents.push({ at, incident: { kind: 'save-database' } });
    }
  }
  return incidents.sort((a, b) => a.at - b.at);
}

/** Up to several leases, mostly about one. */
function aboutALease({ random, leaseTtlMs }: PlannedWorld): number {
  return Math.round(leaseTtlMs * random.pick([0.2, 0.6, 0.9, 1, 1.05, 1.2, 1.6, 2.5, 4]));
}

const FAULT_KINDS: Readonly<Record<string, FaultKind>> = {
  instanceCrash: {
    perMinute: 6,
    make: (world) => ({
      kind: 'crash',
      target: world.random.pick(world.instances),
      downMs: aboutALease(world),
      vouches: world.random.happens(0.3),
    }),
  },
  serviceCrash: {
    perMinute: 8,
    make: (world) => ({
      kind: 'crash',
      target: world.random.pick([...world.apis, ...world.balancers]),
      downMs: world.random.integer(50, 6_000),
      vouches: false,
    }),
  },
  instancePause: {
    perMinute: 8,
    make: (world) => ({
      kind: 'pause',
      target: world.random.pick(world.instances),
      forMs: aboutALease(world),
    }),
  },
  servicePause: {
    perMinute: 6,
    make: (world) => ({
      kind: 'pause',
      target: world.random.pick([...world.apis, ...world.balancers]),
      forMs: aboutALease(world),
    }),
  },
  instanceBlock: {
    perMinute: 4,
    make: (world) => ({
      kind: 'block',
      target: world.random.pick(world.instances),
      forMs: aboutALease(world),
    }),
  },
  cut: {
    perMinute: 10,
    make: (world) => {
      const ends = [world.random.pick(world.instances), world.random.pick(world.apis)];
      if (world.random.happens(0.5)) ends.reverse();
      const [from = '', to = ''] = ends;
      const forMs = aboutALease(world);
      return { kind: 'cut', from, to, isBothWays: world.random.happens(0.5), forMs };
    },
  },
  isolation: {
    perMinute: 5,
    make: (world) => ({
      kind: 'cut',
      from: world.random.pick(world.instances),
      to: '*',
      isBothWays: world.random.happens(0.6),
      forMs: aboutALease(world),
    }),
  },
  databaseCut: {
    perMinute: 5,
    make: (world) => ({
      kind: 'cut-database',
      target: world.random.pick([...world.apis, ...world.balancers]),
      forMs: world.random.integer(100, 8_000),
    }),
  },
  databaseRestart: {
    perMinute: 3,
    make: ({ random }) => ({ kind: 'restart-database', downMs: random.integer(100, 6_000) }),
  },
  databaseRestore: {
    perMinute: 2,
    make: ({ random }) => ({ kind: 'restore-database', downMs: random.integer(100, 3_000) }),
  },
  clockStep: {
    perMinute: 5,
    make: ({ random }) => ({
      kind: 'step-clock',
      byMs: random.pick(CLOCK_STEPS_MS) * (random.happens(0.5) ? 1 : -1),
    }),
  },
  databaseSlow: {
    perMinute: 4,
    make: ({ random }) => ({
      kind: 'slow-database',
      share: random.between(0.05, 0.6),
      mostMs: random.pick([50, 300, 1_500, 4_000]),
      forMs: random.integer(500, 8_000),
    }),
  },
  join: {
    perMinute: 3,
    make: ({ random, spare }) => ({ kind: 'join', target: random.pick(spare) }),
  },
  leave: {
    perMinute: 4,
    make: ({ random, instances }) => ({
      kind: 'leave',
      target: random.pick(instances),
      awayMs: random.integer(500, 10_000),
      vouches: true,
    }),
  },
  twin: {
    perMinute: 2,
    make: (world) => ({
      kind: 'twin',
      target: world.random.pick(world.instances),
      forMs: aboutALease(world) * 2,
    }),
  },
  operator: {
    perMinute: 16,
    make: (world) => ({ kind: 'operator', action: operatorAction(world) }),
  },
};

function operatorAction({ random, streams, instances }: PlannedWorld): OperatorAction {
  const name = random.pick(streams);
  const serverId = random.pick(instances);
  switch (random.integer(0, 11)) {
    case 0:
      return {
        action: 'create-stream',
        name: `n-${random.integer(1, 99)}`,
        exclusive: true,
        autonomyMs: 0,
      };
    case 1:
      return { action: 'delete-stream', name };
    case 2:
    case 3:
      return { action: 'enable', name, isEnabled: random.happens(0.6) };
    case 4:
      return { action: 'change-exclusive', name };
    case 5:
      return { action: 'change-config', name };
    case 6:
      return { action: 'change-weight', name, weight: random.integer(1, 4) };
    case 7:
      return { action: 'cordon', serverId };
    case 8:
      return { action: 'uncordon', serverId };
    case 9:
      return { action: 'drain', serverId };
    case 10:
      return { action: 'freeze', isFrozen: random.happens(0.4) };
    default:
      return random.happens(0.5)
        ? { action: 'change-lease', leaseTtlMs: random.pick(LEASE_TTLS_MS) }
        : { action: 'ring' };
  }
}
