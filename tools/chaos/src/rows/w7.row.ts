import { pickBusyInstance } from '../faults/busy.instance';
import type { Row } from '../run/row';

const BOTH_MS = 10_000;

/** Two processes with the same serverId and key, both alive. */
export const w7Row: Row = {
  id: 'W7',
  fault: 'a second process with the same serverId, both alive for 10 s',
  expected: 'never both: each registration fences the one before first',
  repetitions: 2,
  run: async (scene) => {
    const { plant, leaseTtlMs } = scene;
    const { instance, mark } = await pickBusyInstance(scene);
    const number = plant.instances.length + 1;
    const twin = await plant.addInstance({
      serverId: instance.serverId,
      writerName: `${instance.serverId}@twin-${number}`,
    });
    scene.say(`a twin of ${instance.name} starts`);
    await twin.start();
    await scene.last(BOTH_MS);
    const fenced = await plant.truth.patient.events(mark.eventId, ['instance.registered']);
    scene.figure('registrations while both lived', fenced.length);
    await twin.kill();
    await scene.recover(
      'every stream runs, from the end of the twin',
      process.hrtime.bigint(),
      2 * leaseTtlMs + 2_000,
    );
  },
};
