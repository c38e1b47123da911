import { countChangedEpochs, countLost, markOwnership } from '../faults/ownership.mark';
import { untilApiWrites } from '../faults/write.probe';
import { untilQuiet } from '../faults/quiet.fleet';
import type { Row } from '../run/row';

const OUTAGE_MS = 1_500;
const WRITES_TARGET_MS = 3_000;

/** PostgreSQL is stopped the orderly way and started again, within a lease. */
export const p1Row: Row = {
  id: 'P1',
  fault: 'PostgreSQL stopped (fast) and started again within a lease',
  expected: 'nobody is declared lost, no stream changes its owner',
  repetitions: 3,
  run: async (scene) => {
    const { plant } = scene;
    await untilQuiet(scene);
    const mark = await markOwnership(plant);
    scene.say('PostgreSQL stops');
    await plant.postgres.stop();
    await scene.last(OUTAGE_MS);
    await plant.postgres.start();
    const upNs = process.hrtime.bigint();
    await untilApiWrites(scene, 'the API writes, from PostgreSQL being up', {
      ns: upNs,
      targetMs: WRITES_TARGET_MS,
    });
    await scene.recover('every stream runs, from PostgreSQL being up', upNs, scene.leaseTtlMs);
    scene.claim((await countLost(plant, mark)) === 0, 'an instance was declared lost');
    scene.claim((await countChangedEpochs(plant, mark)) === 0, 'a stream changed its owner');
  },
};
