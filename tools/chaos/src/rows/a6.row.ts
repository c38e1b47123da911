import { setTimeout as wait } from 'node:timers/promises';
import { quantile } from '@weir/testing';
import { Herd } from '../faults/herd';
import type { HerdAnswer } from '../faults/herd';
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
const NO_STREAMS = { count: 0, digest: '0000000000000000' };

/** A herd: everybody registers at once, and everybody reports at once after an outage. */
export const a6Row: Row = {
  id: 'A6',
  fault: '1,000 registrations in 1 s; 10,000 heartbeats at once after PostgreSQL was away for 8 s',
  expected: 'each is answered in the end; no lease is lost',
  repetitions: 1,
  run: async (scene) => {
    const { plant } = scene;
    await createHerdFleet(plant);
    const herd = new Herd(plant.apiPorts, plant.home.keys().instance, HERD_FLEET);
    try {
      const incarnations = await registerAll(scene, herd);
      await reportAfterOutage(scene, herd, incarnations);
      await claimNobodyLost(scene);
      scene.say('the herd leaves');
      await sendSpread(INSTANCES, (at) =>
        herd.send(`/herd-${at}?incarnation=${incarnations[at]}`, 'DELETE', undefined, at),
      );
    } finally {
      herd.close();
    }
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

async function registerAll(scene: Scene, herd: Herd): Promise<number[]> {
  scene.say(`${INSTANCES} instances register within ${SPREAD_MS} ms`);
  const answers = await withConnectionCount(scene, () =>
    sendSpread(INSTANCES, (at) => {
      const body = { serverId: `herd-${at}`, host: '127.0.0.1', port: 1, maxStreams: 1 };
      return herd.send('', 'POST', body, at);
    }),
  );
  tellTimes(scene, 'a registration, p99', answers, REGISTER_TARGET_MS);
  const failed = answers.filter(({ status }) => status !== 201);
  scene.claim(failed.length === 0, `${failed.length} registrations were never accepted`);
  return answers.map(({ body }) => Number(body['incarnation']));
}

async function reportAfterOutage(
  scene: Scene,
  herd: Herd,
  incarnations: readonly number[],
): Promise<void> {
  const { plant } = scene;
  scene.say(`PostgreSQL is away for ${OUTAGE_MS} ms`);
  plant.postgres.pause();
  await scene.last(OUTAGE_MS);
  plant.postgres.resume();
  scene.say(`${HEARTBEATS} heartbeats come at once`);
  const answers = await withConnectionCount(scene, () =>
    sendSpread(HEARTBEATS, (at) => {
      const number = at % INSTANCES;
      const incarnation = incarnations[number];
      const body = { incarnation, seenRevision: 0, running: NO_STREAMS };
      return herd.send(`/herd-${number}/heartbeat`, 'POST', body, at);
    }),
  );
  tellTimes(scene, 'a heartbeat after the outage, p99', answers);
  const failed = answers.filter(({ status }) => status !== 200);
  scene.claim(failed.length === 0, `${failed.length} heartbeats were never accepted`);
}

/** Sends so many within SPREAD_MS, whatever becomes of those before. */
function sendSpread(
  count: number,
  send: (at: number) => Promise<HerdAnswer>,
): Promise<HerdAnswer[]> {
  return Promise.all(
    Array.from({ length: count }, async (_unused, at) => {
      await wait((at * SPREAD_MS) / count);
      return send(at);
    }),
  );
}

function tellTimes(
  scene: Scene,
  label: string,
  answers: readonly HerdAnswer[],
  targetMs?: number,
): void {
  const times = answers.map(({ ms }) => ms);
  scene.record(label, quantile(times, 0.99), targetMs);
  const repeated = answers.filter(({ attempts }) => attempts > 1).length;
  scene.figure(`${label.split(',')[0]}: sent more than once`, repeated);
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
  const result = await work();
  isDone = true;
  await watching;
  scene.figure('connections of PostgreSQL at most (200 are allowed)', most);
  return result;
}

async function claimNobodyLost(scene: Scene): Promise<void> {
  const lost = await scene.plant.truth.query(
    `select 1 from events e join fleets f using (fleet_id)
     where f.name = $1 and e.kind = 'instance.lost'`,
    [HERD_FLEET],
  );
  scene.claim(lost.length === 0, `${lost.length} instances of the herd were declared lost`);
}
