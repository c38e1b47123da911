import { PARTITIONED } from '@weir/testing';
import { elapsedMs } from '../faults/elapsed';
import { stopInterfering } from '../faults/lost.answers';
import { countLost, markOwnership } from '../faults/ownership.mark';
import { SERVICE_NAMES } from '../plant/plant.options';
import type { ServiceName } from '../plant/plant.options';
import type { Row } from '../run/row';
import type { Scene } from '../run/scene';

const FREE_TARGET_MS = 15_000;

/** A service vanishes in the middle of a transaction, and PostgreSQL is not told: locks stay. */
export const p13Row: Row = {
  id: 'P13',
  fault: 'a service vanishes before its COMMIT, its connection stays open, its locks are held',
  expected: 'no lease is lost; the locks are free within 15 s',
  repetitions: 2,
  run: async (scene) => {
    const { plant } = scene;
    const mark = await markOwnership(plant);
    scene.say('waiting for a transaction that holds the lock of the fleet');
    const holder = await vanishBeforeCommit(scene);
    const heldNs = process.hrtime.bigint();
    scene.say(`${holder} vanished before its COMMIT`);
    await scene.untilTrue('somebody else gets the lock', async () => {
      await plant.truth.query('select 1 from fleet_revisions for update nowait');
      return true;
    });
    scene.record('its locks are free', elapsedMs(heldNs), FREE_TARGET_MS);
    await plant.links.between(holder, 'postgres').heal();
    await plant.service(holder).start();
    await scene.recover('every stream runs, from then', heldNs, FREE_TARGET_MS + scene.leaseTtlMs);
    scene.claim((await countLost(plant, mark)) === 0, 'an instance was declared lost');
  },
};

/** Kills the first service that is about to commit a change of ownership. */
async function vanishBeforeCommit(scene: Scene): Promise<ServiceName> {
  const { plant } = scene;
  let holder: ServiceName | undefined;
  plant.statements.watch({
    isCutBefore: (service, { text, transaction }) => {
      const holdsFleet = transaction.some((before) => /fleet_revisions.* for update/.test(before));
      if (holder !== undefined || text !== 'commit' || !holdsFleet) return false;
      holder = SERVICE_NAMES.find((name) => name === service);
      void plant.links.between(service, 'postgres').setFault(PARTITIONED);
      if (holder) void plant.service(holder).kill();
      return false;
    },
  });
  try {
    await scene.untilTrue('somebody commits', () => Promise.resolve(holder !== undefined));
  } finally {
    stopInterfering(plant);
  }
  return holder as ServiceName;
}
