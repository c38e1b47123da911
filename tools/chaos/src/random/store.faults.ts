import { PARTITIONED, slowLink } from '@weir/testing';
import type { LinkFault } from '@weir/testing';
import { hogConnections } from '../faults/connection.hog';
import { stopInterfering } from '../faults/lost.answers';
import type { Scene } from '../run/scene';
import { NOTHING_TO_HEAL } from './fault.kind';
import type { ActiveFault, FaultKind } from './fault.kind';

const LONG_MS = 8_000;
const LOST_SHARE = 0.2;
const CUT_SHARE = 0.03;

/** What happens to PostgreSQL and Redis, and to everybody's way to them. */
export const STORE_FAULTS: readonly FaultKind[] = [
  ofPostgres('PostgreSQL restarted', [0, 3_000], async ({ plant }) => {
    await plant.postgres.stop();
    return { what: 'PostgreSQL stopped', heal: () => plant.postgres.start() };
  }),
  ofPostgres('postmaster killed', [0, 3_000], async ({ plant }) => {
    await plant.postgres.kill();
    return { what: 'postmaster killed', heal: () => plant.postgres.start() };
  }),
  ofPostgres('backend killed', [0, 1_000], killBackend),
  ofPostgres('PostgreSQL paused', [500, LONG_MS], ({ plant }) => {
    plant.postgres.pause();
    const heal = (): Promise<void> => Promise.resolve(plant.postgres.resume());
    return Promise.resolve({ what: 'PostgreSQL paused', heal });
  }),
  ofPostgres('answers to COMMIT lost', [1_000, 5_000], ({ plant, random }) => {
    plant.statements.watch({
      isAnswerLost: (_service, _statement, tag) => tag === 'COMMIT' && random.chance(LOST_SHARE),
    });
    const what = `${LOST_SHARE * 100} % of the answers to COMMIT lost`;
    return Promise.resolve({ what, heal: () => Promise.resolve(stopInterfering(plant)) });
  }),
  ofPostgres('statements cut', [1_000, 5_000], ({ plant, random }) => {
    plant.statements.watch({ isCutBefore: () => random.chance(CUT_SHARE) });
    const what = `connections cut before ${CUT_SHARE * 100} % of the statements`;
    return Promise.resolve({ what, heal: () => Promise.resolve(stopInterfering(plant)) });
  }),
  ofPostgres('no connection left', [1_000, LONG_MS], async ({ plant }) => {
    const { count, release } = await hogConnections(plant);
    return { what: `the last ${count} connections of PostgreSQL taken`, heal: release };
  }),
  onLinks('postgres', 'PostgreSQL slow', slowLink({ latencyMs: 40, jitterMs: 80 })),
  onLinks('postgres', 'PostgreSQL behind a thin line', slowLink({ bytesPerSecond: 50_000 })),
  onLinks('postgres', 'PostgreSQL cut off from everybody', PARTITIONED),
  onLinks('postgres', 'PostgreSQL half-open for new connections', { connecting: 'half-open' }),
  ofRedis('Redis wiped', [0, 1_000], async ({ plant }) => {
    await plant.redis.command('FLUSHALL');
    return { what: 'Redis wiped', heal: NOTHING_TO_HEAL };
  }),
  ofRedis('Redis killed', [500, LONG_MS], async ({ plant }) => {
    await plant.redis.kill();
    return { what: 'Redis killed', heal: () => plant.redis.start() };
  }),
  ofRedis('Redis paused', [500, LONG_MS], ({ plant }) => {
    plant.redis.pause();
    const heal = (): Promise<void> => Promise.resolve(plant.redis.resume());
    return Promise.resolve({ what: 'Redis paused', heal });
  }),
  onLinks('redis', 'Redis cut off from everybody', PARTITIONED),
  onLinks('redis', 'Redis slow', slowLink({ latencyMs: 200 })),
];

type Strike = (scene: Scene) => Promise<ActiveFault>;

function ofPostgres(name: string, durationMs: [number, number], strike: Strike): FaultKind {
  return { name, place: 'postgres', durationMs, strike };
}

function ofRedis(name: string, durationMs: [number, number], strike: Strike): FaultKind {
  return { name, place: 'redis', durationMs, strike };
}

function onLinks(place: 'postgres' | 'redis', name: string, fault: LinkFault): FaultKind {
  return {
    name,
    place,
    durationMs: [500, LONG_MS],
    strike: async ({ plant }) => {
      await plant.links.setFault({ to: place }, fault);
      return { what: name, heal: () => plant.links.setFault({ to: place }, {}) };
    },
  };
}

async function killBackend({ plant, random }: Scene): Promise<ActiveFault> {
  const backends = await plant.truth
    .query<{ pid: number }>(
      `select pid from pg_stat_activity
       where backend_type = 'client backend' and application_name <> 'weir-chaos'`,
    )
    .catch(() => []);
  if (backends.length === 0) return { what: 'no backend to kill', heal: NOTHING_TO_HEAL };
  process.kill(random.pick(backends).pid, 'SIGKILL');
  return { what: 'a backend killed', heal: NOTHING_TO_HEAL };
}
