import { pickBusyInstance } from '../faults/busy.instance';
import { loseCommitAnswers } from '../faults/lost.answers';
import type { Row } from '../run/row';

const LOST_PER_TURN = 25;
const SHARE = 0.3;

/** COMMITs succeed, and whoever sent them never hears it. An instance is killed meanwhile. */
export const p15Row: Row = {
  id: 'P15',
  fault: 'answers to COMMIT lost (cut after it was carried out), during a failover',
  expected: 'nothing is done twice, nothing that was answered is lost',
  repetitions: 3,
  run: async (scene) => {
    const { leaseTtlMs } = scene;
    const { instance } = await pickBusyInstance(scene);
    await instance.kill();
    const killedNs = process.hrtime.bigint();
    scene.say(`${instance.name} is killed, and answers to COMMIT are lost`);
    const lost = await loseCommitAnswers(scene, { count: LOST_PER_TURN, share: SHARE });
    for (const [service, count] of lost) scene.figure(`answers lost by ${service}`, count);
    await scene.recover('every stream runs, from the kill', killedNs, leaseTtlMs + 5_000);
    await instance.start();
  },
};
