import { pickBusyInstance } from '../faults/busy.instance';
import type { Row } from '../run/row';

const POLL_TARGET_MS = 5_000;

/** Redis forgets everything, in full operation and during a failover. */
export const r1Row: Row = {
  id: 'R1',
  fault: 'FLUSHALL of Redis in full operation and during a failover',
  expected: 'new streams are placed by cadence; failover is as without it',
  repetitions: 2,
  run: async (scene) => {
    const { plant, leaseTtlMs, random } = scene;
    const { instance } = await pickBusyInstance(scene);
    scene.say('FLUSHALL');
    await plant.redis.command('FLUSHALL');
    const name = `after-flush-${random.below(1e9)}`;
    const createdNs = process.hrtime.bigint();
    const body = { name, source: 'http://127.0.0.1:1/' };
    const { streamId } = await plant.operator.call<{ streamId: string }>('/streams', {
      method: 'POST',
      body,
    });
    await scene.recover('a new stream runs', createdNs, POLL_TARGET_MS);
    const killedNs = process.hrtime.bigint();
    await instance.kill();
    await plant.redis.command('FLUSHALL');
    await scene.recover('every stream runs, from a kill', killedNs, leaseTtlMs + 2_000);
    await instance.start();
    await plant.operator.call(`/streams/${streamId}`, { method: 'DELETE' });
  },
};
