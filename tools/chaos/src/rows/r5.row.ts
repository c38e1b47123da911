import { pickBusyInstance } from '../faults/busy.instance';
import { countFailedCalls } from '../faults/core.calls';
import { findRedisObstacle } from '../faults/native.redis';
import type { Row } from '../run/row';
import type { Scene } from '../run/scene';

const NOTHING_LEFT = '1mb';

/** Redis is full; and it may evict, which no service accepts when it starts. */
export const r5Row: Row = {
  id: 'R5',
  fault: 'Redis at maxmemory with noeviction; with allkeys-lru',
  expected: 'nothing is lost, failover goes on; a service refuses to start on allkeys-lru',
  repetitions: 1,
  findObstacle: findRedisObstacle,
  run: async (scene) => {
    const { plant, leaseTtlMs } = scene;
    const { instance } = await pickBusyInstance(scene);
    scene.say('Redis is full');
    await plant.redis.command('CONFIG', 'SET', 'maxmemory', NOTHING_LEFT);
    try {
      await instance.kill();
      const killedNs = process.hrtime.bigint();
      const calls = await countFailedCalls(scene);
      scene.claim(calls.failed === 0, `${calls.failed} of ${calls.sent} calls failed: Redis full`);
      await scene.recover('failover with Redis full', killedNs, leaseTtlMs + 5_000);
    } finally {
      await plant.redis.command('CONFIG', 'SET', 'maxmemory', '0');
    }
    await instance.start();
    await refuseEviction(scene);
  },
};

async function refuseEviction(scene: Scene): Promise<void> {
  const { plant } = scene;
  const balancer = plant.service('balancer-2');
  scene.say('Redis may evict, and a service starts');
  await balancer.stop();
  await plant.redis.command('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
  const refusal = await balancer.start().then(
    () => undefined,
    (error: Error) => error.message,
  );
  scene.claim(
    refusal?.includes('maxmemory-policy') === true,
    `it started, or failed with: ${refusal}`,
  );
  await plant.redis.command('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
  await balancer.start();
}
