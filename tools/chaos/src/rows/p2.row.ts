import { countLost, markOwnership } from '../faults/ownership.mark';
import { untilApiWrites } from '../faults/write.probe';
import type { Row } from '../run/row';

const TARGET_MS = 3_000;

/** One backend is killed: PostgreSQL ends all sessions and recovers. */
export const p2Row: Row = {
  id: 'P2',
  fault: 'kill -9 of one backend of PostgreSQL',
  expected: 'nobody is declared lost; what was answered is kept',
  repetitions: 3,
  run: async (scene) => {
    const { plant, random } = scene;
    const mark = await markOwnership(plant);
    const backends = await plant.truth.patient.query<{ pid: number }>(
      `select pid from pg_stat_activity
       where backend_type = 'client backend' and application_name <> 'weir-chaos'`,
    );
    const { pid } = random.pick(backends);
    scene.say(`kill -9 of the backend ${pid}`);
    const killedNs = process.hrtime.bigint();
    process.kill(pid, 'SIGKILL');
    await untilApiWrites(scene, 'the API writes', { ns: killedNs, targetMs: TARGET_MS });
    await scene.recover('every stream runs', killedNs, scene.leaseTtlMs);
    scene.claim((await countLost(plant, mark)) === 0, 'an instance was declared lost');
  },
};
