import { pickBusyInstance } from '../faults/busy.instance';
import { countLost } from '../faults/ownership.mark';
import type { Row } from '../run/row';

const LEAVE_TARGET_MS = 5_000;

/** An instance is asked to stop: it hands over everything first, and nothing expires. */
export const w2Row: Row = {
  id: 'W2',
  fault: 'SIGTERM of an instance',
  expected: 'everything is handed over before it ends; no lease expires',
  repetitions: 3,
  run: async (scene) => {
    const { plant } = scene;
    const { instance, mark } = await pickBusyInstance(scene);
    scene.say(`SIGTERM of ${instance.name}`);
    const askedNs = process.hrtime.bigint();
    await instance.stop();
    const goneNs = process.hrtime.bigint();
    scene.record('it is gone', Number(goneNs - askedNs) / 1e6, LEAVE_TARGET_MS);
    await scene.recover('every stream runs, from its end', goneNs, 1_000);
    const left = await plant.truth.patient.events(mark.eventId, ['instance.left']);
    scene.claim(
      left.some(({ serverId }) => serverId === instance.serverId),
      `${instance.name} ended without having left`,
    );
    scene.claim((await countLost(plant, mark)) === 0, 'a clean stop was taken for a loss');
    await instance.start();
  },
};
