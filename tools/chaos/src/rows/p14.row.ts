import { pickBusyInstance } from '../faults/busy.instance';
import { countLost, markOwnership } from '../faults/ownership.mark';
import { findFakeTimeLibrary } from '../plant/fake.clock';
import type { Row } from '../run/row';
import type { Scene } from '../run/scene';

const HOUR_MS = 3_600_000;
/** Each is stepped to from the one before, so that every size is stepped both ways. */
const OFFSETS_MS = [1_000, 0, 60_000, 0, HOUR_MS, 0];

/** The wall clock of PostgreSQL is stepped, forwards and backwards. */
export const p14Row: Row = {
  id: 'P14',
  fault: 'clock of PostgreSQL stepped by 1 s, 60 s and 1 h, forwards and backwards',
  expected: 'nobody is declared lost by a step; a failover is at most one lease later',
  repetitions: 1,
  plant: { fakeClockOf: ['postgres'] },
  findObstacle: () => (findFakeTimeLibrary() ? undefined : 'libfaketime is missing'),
  run: async (scene) => {
    const { plant, leaseTtlMs } = scene;
    for (const offsetMs of OFFSETS_MS) {
      const mark = await markOwnership(plant);
      scene.say(`the clock of PostgreSQL is stepped to ${offsetMs / 1_000} s`);
      plant.clocks.postgres?.step(offsetMs);
      await scene.last(2 * leaseTtlMs);
      const lost = await countLost(plant, mark);
      scene.claim(lost === 0, `${lost} instances were lost by a step to ${offsetMs / 1_000} s`);
      await scene.settle();
    }
    await failOver(scene, 'during a step forwards', { fromMs: 0, toMs: HOUR_MS });
    await failOver(scene, 'during a step backwards', { fromMs: HOUR_MS, toMs: 0 });
  },
};

/** An instance is killed, and the clock is stepped before anybody can know. */
async function failOver(
  scene: Scene,
  label: string,
  step: { readonly fromMs: number; readonly toMs: number },
): Promise<void> {
  const { plant, leaseTtlMs } = scene;
  plant.clocks.postgres?.step(step.fromMs);
  await scene.last(leaseTtlMs);
  const { instance } = await pickBusyInstance(scene);
  scene.say(`${instance.name} is killed ${label}`);
  const killedNs = process.hrtime.bigint();
  await instance.kill();
  plant.clocks.postgres?.step(step.toMs);
  await scene.recover(`failover ${label}`, killedNs, 2 * leaseTtlMs + 2_000);
  await instance.start();
  await scene.settle();
}
