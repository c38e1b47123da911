import { elapsedMs } from '../faults/elapsed';
import { countLost, markOwnership } from '../faults/ownership.mark';
import type { OwnershipMark } from '../faults/ownership.mark';
import { READY_AGAIN } from '../plant/plant.options';
import type { Row } from '../run/row';
import type { Scene } from '../run/scene';

const INSTANCES = 10;
const HOLD_MS = 5_000;
/** One round of the control loop, and the reading before it. */
const PERIOD_MS = 2_000;
const RESTART_AFTER_MS = 3_000;

/** A large share of the fleet is lost at once. */
export const w12Row: Row = {
  id: 'W12',
  fault: '30, 55 and 100 % of the instances killed at once',
  expected: 'above 40 % the brake engages first; everything runs again after it',
  repetitions: 1,
  plant: { instances: INSTANCES, settings: { ...READY_AGAIN, massLossHoldMs: HOLD_MS } },
  run: async (scene) => {
    await lose(scene, { count: 3, label: '30 %', isBraked: false });
    await lose(scene, { count: 6, label: '55 %', isBraked: true });
    await loseAll(scene);
  },
};

async function lose(
  scene: Scene,
  loss: { readonly count: number; readonly label: string; readonly isBraked: boolean },
): Promise<void> {
  const { plant, random, leaseTtlMs } = scene;
  const mark = await markOwnership(plant);
  const victims = random.sample(plant.instances, loss.count);
  scene.say(`${loss.label} of the fleet is killed at once`);
  const killedNs = process.hrtime.bigint();
  await Promise.all(victims.map((instance) => instance.kill()));
  if (loss.isBraked) await untilBraked(scene, mark, { label: loss.label, killedNs });
  const holdMs = loss.isBraked ? HOLD_MS : 0;
  const targetMs = 2 * leaseTtlMs + 10_000 + holdMs;
  await scene.recover(`${loss.label}: every stream runs elsewhere`, killedNs, targetMs);
  const brakes = await plant.truth.patient.events(mark.eventId, ['brake.engaged']);
  scene.claim(brakes.length > 0 === loss.isBraked, `${loss.label}: ${brakes.length} brakes`);
  await Promise.all(victims.map((instance) => instance.start()));
  await scene.settle();
}

/** Everything is gone, and comes back as new processes a moment later. */
async function loseAll(scene: Scene): Promise<void> {
  const { plant, leaseTtlMs } = scene;
  scene.say('100 % of the fleet is killed at once');
  await Promise.all(plant.instances.map((instance) => instance.kill()));
  await scene.last(RESTART_AFTER_MS);
  await Promise.all(plant.instances.map((instance) => instance.start()));
  const startedNs = process.hrtime.bigint();
  await scene.recover(
    '100 %: every stream runs, from the restart',
    startedNs,
    2 * leaseTtlMs + 10_000,
  );
}

async function untilBraked(
  scene: Scene,
  mark: OwnershipMark,
  loss: { readonly label: string; readonly killedNs: bigint },
): Promise<void> {
  const { plant, leaseTtlMs } = scene;
  await scene.untilTrue('the brake engages', async () => {
    const events = await plant.truth.patient.events(mark.eventId, ['brake.engaged']);
    return events.length > 0;
  });
  const targetMs = leaseTtlMs + PERIOD_MS;
  scene.record(`${loss.label}: the brake engages`, elapsedMs(loss.killedNs), targetMs);
  scene.claim((await countLost(plant, mark)) === 0, `${loss.label}: lost before the brake engaged`);
}
