import { countLost, markOwnership } from '../faults/ownership.mark';
import { findFakeTimeLibrary } from '../plant/fake.clock';
import type { FakeClock } from '../plant/fake.clock';
import type { Row } from '../run/row';
import type { Scene } from '../run/scene';

const STEP_MS = 288_000;
const STROBE_MS = 200;
const STROBES = 20;
const RATE_MS = 20_000;
const RATE = 1.02;

/** The wall clocks of the instances jump, strobe and run too fast; their monotonic ones do not. */
export const w6Row: Row = {
  id: 'W6',
  fault: 'clocks of the instances: stepped by 288 s, strobing, 2 % too fast',
  expected: 'nobody is declared lost; whoever distrusts its clocks stops and comes back',
  repetitions: 1,
  plant: { fakeClockOf: ['instances'] },
  findObstacle: () => (findFakeTimeLibrary() ? undefined : 'libfaketime is missing'),
  run: async (scene) => {
    const { plant } = scene;
    const clock = plant.clocks.instances;
    if (!clock) throw new Error('the instances have no clock of ours');
    const mark = await markOwnership(plant);
    await disturb(scene, 'stepped by +288 s', () => clock.step(STEP_MS));
    await disturb(scene, 'stepped by -288 s', () => clock.step(0));
    await disturb(scene, 'strobing', () => strobe(scene, clock));
    await disturb(scene, '2 % too fast', async () => {
      clock.step(0, RATE);
      await scene.last(RATE_MS);
      clock.step(0);
    });
    scene.claim((await countLost(plant, mark)) === 0, 'an instance was declared lost');
  },
};

async function disturb(scene: Scene, name: string, act: () => void | Promise<void>): Promise<void> {
  scene.say(`the clocks of the instances are ${name}`);
  await act();
  await scene.recover(`${name}: every stream runs, from its end`, process.hrtime.bigint(), 8_000);
}

async function strobe(scene: Scene, clock: FakeClock): Promise<void> {
  for (let at = 0; at < STROBES; at += 1) {
    clock.step(at % 2 === 0 ? STEP_MS : 0);
    await scene.last(STROBE_MS);
  }
}
