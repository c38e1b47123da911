import { hogConnections } from '../faults/connection.hog';
import { elapsedMs } from '../faults/elapsed';
import { countLost, markOwnership } from '../faults/ownership.mark';
import type { Row } from '../run/row';
import type { Scene } from '../run/scene';

const HOLD_MS = 10_000;
const FAST_FAILURE_MS = 2_500;
const PROBE_EVERY_MS = 500;

/** Somebody takes every connection of PostgreSQL, and a backend of each service dies. */
export const p12Row: Row = {
  id: 'P12',
  fault: 'too many clients: no connection of PostgreSQL is free, and old ones end',
  expected: 'no lease is lost; whoever gets no connection is told so soon',
  repetitions: 2,
  run: async (scene) => {
    const { plant } = scene;
    const mark = await markOwnership(plant);
    scene.say('taking every connection');
    const { count, release } = await hogConnections(plant);
    scene.figure('connections taken', count);
    try {
      const slowestMs = await probeWrites(scene);
      scene.record('slowest answer of the API meanwhile', slowestMs, FAST_FAILURE_MS);
    } finally {
      await release();
    }
    const releasedNs = process.hrtime.bigint();
    await scene.recover('every stream runs, from the end of it', releasedNs, scene.leaseTtlMs);
    scene.claim((await countLost(plant, mark)) === 0, 'an instance was declared lost');
  },
};

async function probeWrites(scene: Scene): Promise<number> {
  const untilMs = performance.now() + HOLD_MS;
  let slowestMs = 0;
  while (performance.now() < untilMs) {
    const sentNs = process.hrtime.bigint();
    await scene.plant.operator.send('', { method: 'PATCH', body: {} }).catch(() => undefined);
    slowestMs = Math.max(slowestMs, elapsedMs(sentNs));
    await scene.last(PROBE_EVERY_MS);
  }
  return slowestMs;
}
