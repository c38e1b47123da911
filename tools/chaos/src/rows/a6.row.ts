import { setTimeout as wait } from 'node:timers/promises';
import { quantile } from '@weir/testing';
import type { HerdOrder, HerdResult } from '../herd/herd.order';
import { runHerd } from '../herd/herd.process';
import type { Plant } from '../plant/plant';
import type { Row } from '../run/row';
import type { Scene } from '../run/scene';

const HERD_FLEET = 'herd';
const INSTANCES = 1_000;
const HEARTBEATS = 10_000;
const LEASE_TTL_MS = 60_000;
const OUTAGE_MS = 8_000;
const REGISTER_TARGET_MS = 2_000;
/** Everybody comes within this time. In ms. */
const SPREAD_MS = 1_000;

/** A herd: everybody registers at once, and everybody reports at once after an outage. */
export const a6Row: Row = {
  id: 'A6',
  fault: '1,000 registrations in 1 s; 10,000 heartbeats at once after PostgreSQL was away for 8 s',
  expected: 'each is answered in the end; no lease is lost',
  repetitions: 1,
  run: async (scene) => {
    await createHerdFleet(scene.plant);
    const incarnations = await registerAll(scene);
    await reportAfterOutage(scene, incarnations);
    await claimNobodyLost(scene);
    scene.say('the herd leaves');
    await send(scene, { work: 'leave', requests: INSTANCES, incarnations });
    const endNs = process.hrtime.bigint();
    await scene.recover('every stream of the ordinary fleet runs', endNs, 5_000);
  },
};

async function createHerdFleet(plant: Plant): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${plant.apiPorts[0]}/v1/fleets/${HERD_FLEET}`, {
    method: 'PUT',
    headers: {
      authorization: `Bearer ${plant.home.keys().operator}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ leaseTtlMs: LEASE_TTL_MS }),
  });
  if (!response.ok) throw new Error(`the fleet of the herd was answered ${response.status}`);
}

async function registerAll(scene: Scene): Promise<number[]> {
  scene.say(`${INSTANCES} instances register within ${SPREAD_MS} ms`);
  const results = await withConnectionCount(scene, () =>
    send(scene, { work: 'register', requests: INSTANCES, incarnations: [] }),
  );
  tellTimes(scene, 'a registration', results, REGISTER_TARGET_MS);
  const failed = results.filter(({ status }) => status !== 201);
  scene.claim(failed.length === 0, `${failed.length} registrations were never accepted`);
  return results.map(({ incarnation }) => incarnation ?? 0);
}

async function reportAfterOutage(scene: Scene, incarnations: readonly number[]): Promise<void> {
  const { plant } = scene;
  scene.say(`PostgreSQL is away for ${OUTAGE_MS} ms`);
  plant.postgres.pause();
  await scene.last(OUTAGE_MS);
  plant.postgres.resume();
  scene.say(`${HEARTBEATS} heartbeats come at once`);
  const results = await withConnectionCount(scene, () =>
    send(scene, { work: 'heartbeat', requests: HEARTBEATS, incarnations }),
  );
  tellTimes(scene, 'a heartbeat after the outage', results);
  const failed = results.filter(({ status }) => status !== 200);
  scene.claim(failed.length === 0, `${failed.length} heartbeats were never accepted`);
}

function send(
  { plant, signal }: Scene,
  order: Pick<HerdOrder, 'work' | 'requests' | 'incarnations'>,
): Promise<HerdResult[]> {
  const where = { ports: plant.apiPorts, key: plant.home.keys().instance, fleet: HERD_FLEET };
  return runHerd({ ...where, ...order, instances: INSTANCES, spreadMs: SPREAD_MS }, signal);
}

function tellTimes(
  scene: Scene,
  label: string,
  results: readonly HerdResult[],
  targetMs?: number,
): void {
  const attempts = results.map(({ slowestMs }) => slowestMs);
  scene.record(`${label}, one attempt, p99`, quantile(attempts, 0.99), targetMs);
  const times = results.map(({ ms }) => ms);
  scene.record(`${label}, until it is accepted, p99`, quantile(times, 0.99));
  const repeated = results.filter((result) => result.attempts > 1).length;
  scene.figure(`${label}: sent more than once`, repeated);
}

/** The most connections that PostgreSQL had meanwhile. */
async function withConnectionCount<T>(scene: Scene, work: () => Promise<T>): Promise<T> {
  let most = 0;
  let isDone = false;
  const watch = async (): Promise<void> => {
    while (!isDone) {
      const rows = await scene.plant.truth
        .query<{ count: number }>('select count(*)::integer as count from pg_stat_activity')
        .catch(() => []);
      most = Math.max(most, rows[0]?.count ?? 0);
      await wait(250);
    }
  };
  const watching = watch();
  try {
    return await work();
  } finally {
    isDone = true;
    await watching;
    scene.figure('connections of PostgreSQL at most (200 are allowed)', most);
  }
}

async function claimNobodyLost(scene: Scene): Promise<void> {
  const lost = await scene.plant.truth.patient.query(
    `select 1 from events e join fleets f using (fleet_id)
     where f.name = $1 and e.kind = 'instance.lost'`,
    [HERD_FLEET],
  );
  scene.claim(lost.length === 0, `${lost.length} instances of the herd were declared lost`);
}
