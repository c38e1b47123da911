import { countLost, markOwnership } from '../faults/ownership.mark';
import { untilApiWrites } from '../faults/write.probe';
import type { Row } from '../run/row';

const TARGET_MS = 5_000;

/** The postmaster is killed, and started again at once. */
export const p3Row: Row = {
  id: 'P3',
  fault: 'kill -9 of the postmaster, started again at once',
  expected: 'nobody is declared lost; what was answered is kept',
  repetitions: 3,
  run: async (scene) => {
    const { plant } = scene;
    const mark = await markOwnership(plant);
    scene.say('kill -9 of the postmaster');
    await plant.postgres.kill();
    await plant.postgres.start();
    const upNs = process.hrtime.bigint();
    await untilApiWrites(scene, 'the API writes, from PostgreSQL being up', {
      ns: upNs,
      targetMs: TARGET_MS,
    });
    await scene.recover('every stream runs, from PostgreSQL being up', upNs, scene.leaseTtlMs);
    scene.claim((await countLost(plant, mark)) === 0, 'an instance was declared lost');
  },
};
