import { pickBusyInstance } from '../faults/busy.instance';
import { untilQuiet } from '../faults/quiet.fleet';
import type { Row } from '../run/row';

/** The quarantine is one lease here; what follows it is a placement. In ms. */
const SLACK_MS = 10_000;
const LEASE_FACTOR = 1.1;

/** The database is restored from a copy that is older than the last changes of owners. */
export const p9Row: Row = {
  id: 'P9',
  fault: 'PostgreSQL restored from a copy that is older than the last failover',
  expected: 'the generation is bumped, no epoch is used twice, everything runs after a quarantine',
  repetitions: 1,
  run: async (scene) => {
    const { plant, leaseTtlMs } = scene;
    await plant.workload.pause();
    await untilQuiet(scene);
    scene.say('PostgreSQL is copied');
    await plant.postgres.backUp();
    await scene.settle();
    const { instance } = await pickBusyInstance(scene);
    scene.say(`${instance.name} is killed and comes back: nothing of that is in the copy`);
    await instance.kill();
    await scene.settle();
    await instance.start();
    await untilQuiet(scene);
    scene.say('PostgreSQL is restored');
    await plant.postgres.restore();
    const upNs = process.hrtime.bigint();
    const targetMs = LEASE_FACTOR * leaseTtlMs + SLACK_MS;
    await scene.recover('every stream runs, from the restored one being up', upNs, targetMs);
    const bumped = await plant.truth.patient.events(0, ['generation.bumped']);
    scene.claim(bumped.length > 0, 'the generation was not bumped');
    plant.workload.resume();
  },
};
