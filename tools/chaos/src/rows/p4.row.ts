import { countLost, markOwnership } from '../faults/ownership.mark';
import { untilApiWrites } from '../faults/write.probe';
import type { Row } from '../run/row';

const PROBE_TARGET_MS = 5_000;

/** PostgreSQL is paused with everything that belongs to it, for less and for more than a lease. */
export const p4Row: Row = {
  id: 'P4',
  fault: 'SIGSTOP of PostgreSQL for 1, 5 and 20 s (60 s in a campaign)',
  expected: 'nobody is declared lost (brake a), whatever the length',
  repetitions: 1,
  run: async (scene) => {
    const { plant, leaseTtlMs, isFull } = scene;
    for (const pauseMs of [1_000, 5_000, 20_000, ...(isFull ? [60_000] : [])]) {
      const mark = await markOwnership(plant);
      scene.say(`PostgreSQL is paused for ${pauseMs} ms`);
      plant.postgres.pause();
      await scene.last(pauseMs);
      plant.postgres.resume();
      const resumedNs = process.hrtime.bigint();
      const label = `${pauseMs / 1_000} s`;
      await untilApiWrites(scene, `${label}: the API writes, from SIGCONT`, {
        ns: resumedNs,
        targetMs: PROBE_TARGET_MS,
      });
      await scene.recover(
        `${label}: every stream runs, from SIGCONT`,
        resumedNs,
        leaseTtlMs + 5_000,
      );
      await scene.last(leaseTtlMs);
      scene.claim((await countLost(plant, mark)) === 0, `an instance was lost in a ${label} pause`);
    }
  },
};
