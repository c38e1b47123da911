import { PARTITIONED, slowLink } from '@weir/testing';
import { pickBusyInstance } from '../faults/busy.instance';
import { BALANCER_NAMES } from '../plant/plant.options';
import type { Row } from '../run/row';

const APART_MS = 250;

/** Two balancer-workers hear nothing of each other, both reach PostgreSQL, at different speeds. */
export const a3Row: Row = {
  id: 'A3',
  fault: 'both balancer-workers cut off from Redis, one of them far from PostgreSQL, failovers',
  expected: 'both may act; rows decide; nothing is done twice',
  repetitions: 3,
  run: async (scene) => {
    const { plant, leaseTtlMs, random } = scene;
    const slow = random.pick(BALANCER_NAMES);
    scene.say(`the balancer-workers are cut off from Redis, ${slow} is slow`);
    for (const from of BALANCER_NAMES)
      await plant.links.setFault({ from, to: 'redis' }, PARTITIONED);
    await plant.links.setFault({ from: slow, to: 'postgres' }, slowLink({ latencyMs: APART_MS }));
    const { instance } = await pickBusyInstance(scene);
    await instance.kill();
    const killedNs = process.hrtime.bigint();
    await scene.recover('failover by two balancer-workers', killedNs, leaseTtlMs + 5_000);
    await instance.start();
    await scene.settle();
    for (const from of BALANCER_NAMES) await plant.links.setFault({ from }, {});
  },
};
