import { PARTITIONED } from '@weir/testing';
import type { LinkFault } from '@weir/testing';
import { elapsedMs } from '../faults/elapsed';
import { readHealth } from '../faults/health.probe';
import { countLost, markOwnership } from '../faults/ownership.mark';
import type { Row } from '../run/row';
import type { Scene } from '../run/scene';

const DETECT_TARGET_MS = 10_000;
const RECOVER_TARGET_MS = 3_000;

const CUTS: readonly { readonly name: string; readonly fault: LinkFault }[] = [
  { name: 'both ways', fault: PARTITIONED },
  { name: 'questions only', fault: { toServer: { isBlackhole: true } } },
  { name: 'answers only', fault: { toClient: { isBlackhole: true } } },
];

/** One replica of the API is cut off from PostgreSQL; the other one serves. */
export const p5Row: Row = {
  id: 'P5',
  fault: 'one replica of the API cut off from PostgreSQL: both ways, and one way',
  expected: 'it says that it is not ready, the other serves, no lease is lost',
  repetitions: 1,
  run: async (scene) => {
    for (const cut of CUTS) await cutOff(scene, cut.name, cut.fault);
  },
};

async function cutOff(scene: Scene, name: string, fault: LinkFault): Promise<void> {
  const { plant, leaseTtlMs } = scene;
  const mark = await markOwnership(plant);
  const link = plant.links.between('api-1', 'postgres');
  scene.say(`api-1 is cut off from PostgreSQL, ${name}`);
  const cutNs = process.hrtime.bigint();
  await link.setFault(fault);
  await scene.untilTrue('api-1 says that it is not ready', async () =>
    readHealth(plant, 'api-1', 'readiness').then((status) => status !== 200),
  );
  scene.record('it is not ready, from the cut', elapsedMs(cutNs), DETECT_TARGET_MS);
  scene.claim((await readHealth(plant, 'api-2', 'readiness')) === 200, 'api-2 is not ready either');
  await scene.last(leaseTtlMs + 2_000);
  scene.claim((await countLost(plant, mark)) === 0, `an instance was lost: cut off ${name}`);
  await link.heal();
  const healedNs = process.hrtime.bigint();
  await scene.untilTrue('api-1 is ready again', async () =>
    readHealth(plant, 'api-1', 'readiness').then((status) => status === 200),
  );
  scene.record('it is ready again, from healing', elapsedMs(healedNs), RECOVER_TARGET_MS);
  await scene.settle();
}
