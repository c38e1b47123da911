import { pickBusyInstance } from '../faults/busy.instance';
import { elapsedMs } from '../faults/elapsed';
import { readHealth } from '../faults/health.probe';
import { countFailedCalls } from '../faults/core.calls';
import type { Row } from '../run/row';

const RESUME_TARGET_MS = 5_000;

/** Redis is killed, stays away during a failover, and comes back. */
export const r2Row: Row = {
  id: 'R2',
  fault: 'kill -9 of Redis, away during a failover, then started again',
  expected: 'the API answers as before; failover goes on by cadence',
  repetitions: 2,
  run: async (scene) => {
    const { plant, leaseTtlMs } = scene;
    const { instance } = await pickBusyInstance(scene);
    scene.say('kill -9 of Redis');
    await plant.redis.kill();
    const killedNs = process.hrtime.bigint();
    await instance.kill();
    const calls = await countFailedCalls(scene);
    scene.claim(calls.failed === 0, `${calls.failed} of ${calls.sent} calls failed without Redis`);
    scene.record('slowest answer without Redis', calls.slowestMs, 500);
    await scene.recover('failover without Redis', killedNs, leaseTtlMs + 5_000);
    await plant.redis.start();
    const upNs = process.hrtime.bigint();
    await scene.untilTrue('Redis is used again', async () =>
      readHealth(plant, 'api-1', 'redis').then((status) => status === 200),
    );
    scene.record('Redis is used again, from its start', elapsedMs(upNs), RESUME_TARGET_MS);
    await instance.start();
  },
};
