import { pickBusyInstance } from '../faults/busy.instance';
import { BALANCER_NAMES } from '../plant/plant.options';
import type { Row } from '../run/row';

/** A balancer-worker is paused, another takes its turn, and the first goes on in mid-thought. */
export const a2Row: Row = {
  id: 'A2',
  fault: 'SIGSTOP of a balancer-worker during a failover, resumed as a stale leader',
  expected: 'no stale decision has an effect; failover is by the other one',
  repetitions: 2,
  run: async (scene) => {
    const { plant, leaseTtlMs, isFull, random } = scene;
    for (const pauseMs of [1_000, leaseTtlMs + 4_000, ...(isFull ? [60_000] : [])]) {
      const balancer = plant.service(random.pick(BALANCER_NAMES));
      const { instance } = await pickBusyInstance(scene);
      scene.say(`${balancer.name} is paused for ${pauseMs} ms, ${instance.name} is killed`);
      const killedNs = process.hrtime.bigint();
      await instance.kill();
      balancer.pause();
      await scene.last(pauseMs);
      balancer.resume();
      const label = `paused for ${pauseMs / 1_000} s: every stream runs, from the kill`;
      await scene.recover(label, killedNs, 2 * leaseTtlMs + 5_000);
      await instance.start();
      await scene.settle();
    }
  },
};
