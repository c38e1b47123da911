import { elapsedMs } from './elapsed';
import type { Scene } from '../run/scene';

const ROUNDS = 10;
const PAUSE_MS = 200;

export interface CallCounts {
  readonly sent: number;
  readonly failed: number;
  readonly slowestMs: number;
}

/** Calls what an operator and an instance cannot do without, and counts what fails. */
export async function countFailedCalls(scene: Scene): Promise<CallCounts> {
  const { operator } = scene.plant;
  const calls = [
    () => operator.call('/assignments?limit=10'),
    () => operator.call('/instances?limit=10'),
    () => operator.call('', { method: 'PATCH', body: {} }),
  ];
  let failed = 0;
  let slowestMs = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const call of calls) {
      const sentNs = process.hrtime.bigint();
      await call().catch(() => (failed += 1));
      slowestMs = Math.max(slowestMs, elapsedMs(sentNs));
    }
    await scene.last(PAUSE_MS);
  }
  return { sent: ROUNDS * calls.length, failed, slowestMs };
}
