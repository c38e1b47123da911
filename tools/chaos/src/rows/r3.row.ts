import { PARTITIONED } from '@weir/testing';
import { pickBusyInstance } from '../faults/busy.instance';
import { countFailedCalls } from '../faults/core.calls';
import type { Row } from '../run/row';
import type { Scene } from '../run/scene';

const WAIT_TARGET_MS = 500;

/** Redis is there and says nothing: paused, or behind a blackhole. */
export const r3Row: Row = {
  id: 'R3',
  fault: 'Redis paused for 5 s (60 s in a campaign), then behind a blackhole, during failovers',
  expected: 'no call fails or waits for Redis; failover goes on by cadence',
  repetitions: 1,
  run: async (scene) => {
    const { plant, isFull } = scene;
    scene.say('Redis is paused');
    plant.redis.pause();
    await failOver(scene, 'paused', isFull ? 60_000 : 5_000);
    plant.redis.resume();
    await scene.settle();
    scene.say('Redis is behind a blackhole');
    await plant.links.setFault({ to: 'redis' }, PARTITIONED);
    await failOver(scene, 'behind a blackhole', 5_000);
    await plant.links.setFault({ to: 'redis' }, {});
    await scene.recover('every stream runs, from healing', process.hrtime.bigint(), 5_000);
  },
};

async function failOver(scene: Scene, label: string, holdMs: number): Promise<void> {
  const { instance } = await pickBusyInstance(scene);
  await instance.kill();
  const killedNs = process.hrtime.bigint();
  const calls = await countFailedCalls(scene);
  scene.claim(calls.failed === 0, `${calls.failed} of ${calls.sent} calls failed: Redis ${label}`);
  scene.record(`${label}: slowest answer`, calls.slowestMs, WAIT_TARGET_MS);
  await scene.recover(`${label}: failover`, killedNs, scene.leaseTtlMs + 5_000);
  await scene.last(Math.max(0, holdMs - Number(process.hrtime.bigint() - killedNs) / 1e6));
  await instance.start();
}
