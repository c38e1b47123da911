import { pickBusyInstance } from '../faults/busy.instance';
import { countChangedEpochs, ownedBy } from '../faults/ownership.mark';
import { untilQuiet } from '../faults/quiet.fleet';
import { READY_AGAIN } from '../plant/plant.options';
import type { Row } from '../run/row';

const UP_MS = 5_000;
const DOWN_MS = 5_000;
const FLAPS = 5;
const FULL_FLAPS = 100;
/** From this many on it should get nothing new for a while. */
const TRUSTED_FLAPS = 3;

/** One instance comes and goes. */
export const w9Row: Row = {
  id: 'W9',
  fault: 'an instance flaps: 5 s up, 5 s down (kill -9), 5 times (100 in a campaign)',
  expected: 'after 3 flaps it gets nothing new; the others are left alone',
  repetitions: 1,
  plant: { settings: { ...READY_AGAIN, flapsMax: TRUSTED_FLAPS } },
  run: async (scene) => {
    const { plant, isFull } = scene;
    await untilQuiet(scene);
    const { instance, mark } = await pickBusyInstance(scene);
    let granted = 0;
    for (let flap = 1; flap <= (isFull ? FULL_FLAPS : FLAPS); flap += 1) {
      scene.say(`${instance.name} flaps for the ${flap}. time`);
      await instance.kill();
      await scene.last(DOWN_MS);
      await instance.start();
      await scene.last(UP_MS);
      if (flap <= TRUSTED_FLAPS) continue;
      const streams = await plant.truth.patient.streams();
      granted += streams.filter(({ serverId }) => serverId === instance.serverId).length;
    }
    scene.figure(`streams given to it after ${TRUSTED_FLAPS} flaps (target 0)`, granted);
    await scene.recover('every stream runs, from the last start', process.hrtime.bigint(), 10_000);
    const others = mark.streams.filter((stream) => stream.serverId !== instance.serverId);
    const changed = await countChangedEpochs(plant, { ...mark, streams: others });
    scene.figure('changes of owner of streams of the others', changed);
    scene.figure('streams it had at first', ownedBy(mark, instance.serverId).length);
  },
};
