import { slowLink } from '@weir/testing';
import type { DirectionFault } from '@weir/testing';
import { countLost, markOwnership } from '../faults/ownership.mark';
import type { Row } from '../run/row';

const HOLD_MS = 15_000;

/** Half of what is added to a round trip goes each way. */
const SLOWNESSES: readonly { readonly name: string; readonly fault: DirectionFault }[] = [
  { name: '+50 ms', fault: { latencyMs: 25, jitterMs: 5 } },
  { name: '+200 ms', fault: { latencyMs: 100, jitterMs: 20 } },
  { name: '+1 s', fault: { latencyMs: 500, jitterMs: 50 } },
  { name: '100 kbit/s', fault: { bytesPerSecond: 12_500 } },
];

/** PostgreSQL is far away, or behind a thin line, for every service. */
export const p6Row: Row = {
  id: 'P6',
  fault: 'PostgreSQL slow for every service: +50 ms, +200 ms, +1 s, 100 kbit/s',
  expected: 'no instance is declared lost',
  repetitions: 1,
  plant: { leaseTtlMs: 15_000 },
  run: async (scene) => {
    const { plant } = scene;
    for (const { name, fault } of SLOWNESSES) {
      const mark = await markOwnership(plant);
      scene.say(`PostgreSQL is slow: ${name}`);
      await plant.links.setFault({ to: 'postgres' }, slowLink(fault));
      await scene.last(HOLD_MS);
      scene.claim((await countLost(plant, mark)) === 0, `an instance was lost at ${name}`);
      await plant.links.setFault({ to: 'postgres' }, {});
      await scene.recover(
        `${name}: every stream runs, from its end`,
        process.hrtime.bigint(),
        5_000,
      );
    }
  },
};
