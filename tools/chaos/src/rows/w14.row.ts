import { countLost, markOwnership } from '../faults/ownership.mark';
import { untilQuiet } from '../faults/quiet.fleet';
import type { Row } from '../run/row';
import type { Scene } from '../run/scene';

const OUTAGE_MS = 60_000;
const FULL_OUTAGE_MS = 600_000;
const AUTONOMY_MS = 900_000;
/** Two heartbeats, and the start of the streams that stopped. */
const RECONCILE_TARGET_MS = 10_000;

/** The whole control plane is down for long; instances and their streams are on their own. */
export const w14Row: Row = {
  id: 'W14',
  fault: 'every service down for 60 s (10 min in a campaign)',
  expected: 'streams with autonomy and shared ones run on, under their epochs; others stop in time',
  repetitions: 1,
  plant: { autonomousStreams: 8, autonomyMs: AUTONOMY_MS },
  run: async (scene) => {
    const { plant, isFull } = scene;
    const outageMs = isFull ? FULL_OUTAGE_MS : OUTAGE_MS;
    await untilQuiet(scene);
    const mark = await markOwnership(plant);
    scene.say(`every service is killed, for ${outageMs / 1_000} s`);
    const services = [...plant.services.values()];
    await Promise.all(services.map((service) => service.kill()));
    await scene.last(outageMs);
    await claimAutonomy(scene);
    await Promise.all(services.map((service) => service.start()));
    const upNs = process.hrtime.bigint();
    await scene.recover('every stream runs, from the services being up', upNs, RECONCILE_TARGET_MS);
    scene.claim((await countLost(plant, mark)) === 0, 'an instance was declared lost');
    const now = new Map(
      (await plant.truth.patient.streams()).map((stream) => [stream.name, stream]),
    );
    const moved = mark.streams.filter(
      ({ name, epoch }) => goesOn(name) && now.get(name)?.epoch !== epoch,
    );
    const names = moved.map(({ name }) => name).join(', ');
    scene.claim(moved.length === 0, `owners changed although they ran on: ${names}`);
  },
};

/** What may run on has effects, and what may not has none. */
async function claimAutonomy(scene: Scene): Promise<void> {
  const { plant } = scene;
  const streams = await plant.truth.patient.streams();
  const effects = new Map((await plant.sink.last()).map((effect) => [effect.streamId, effect]));
  const nowNs = process.hrtime.bigint();
  for (const { streamId, name, isEnabled } of streams) {
    if (!isEnabled) continue;
    const ageMs = Number(nowNs - BigInt(effects.get(streamId)?.atNs ?? 0)) / 1e6;
    const isFresh = ageMs < 2_000;
    scene.claim(
      isFresh === goesOn(name),
      `${name}: its last effect was ${Math.round(ageMs)} ms ago`,
    );
  }
}

function goesOn(name: string): boolean {
  return name.startsWith('autonomous') || name.startsWith('shared');
}
