import { pickBusyInstance } from '../faults/busy.instance';
import { loseCommitAnswers } from '../faults/lost.answers';
import type { Row } from '../run/row';
import type { Scene } from '../run/scene';
import { FAULT_KINDS } from './fault.list';

const LEASE_TTL_MS = 3_000;
const LOST_ANSWERS = 10;
const LOST_SHARE = 0.3;

/** Kinds of fault, one after the other, each for so long. In ms. */
const SEQUENCE: readonly (readonly [string, number])[] = [
  ['backend killed', 0],
  ['PostgreSQL restarted', 500],
  ['Redis wiped', 0],
  ['one of balancers paused', 2_000],
  ['one of apis killed', 1_000],
  ['instance paused', LEASE_TTL_MS + 2_000],
  ['instance cut off', LEASE_TTL_MS + 1_500],
  ['statements cut', 1_500],
  ['PostgreSQL paused', 2_500],
  ['Redis killed', 1_000],
];

/** What CI runs: one of each important kind, always in the same order. */
export const shortRow: Row = {
  id: 'short',
  fault: 'a kill during which answers to COMMIT are lost, then one fault of each important kind',
  expected: 'it converges after each of them',
  repetitions: 1,
  replay: '--short',
  plant: { instances: 3, exclusiveStreams: 24, sharedStreams: 6, leaseTtlMs: LEASE_TTL_MS },
  run: async (scene) => {
    const { instance } = await pickBusyInstance(scene);
    scene.say(`${instance.name} is killed, and answers to COMMIT are lost`);
    const killedNs = process.hrtime.bigint();
    await instance.kill();
    await loseCommitAnswers(scene, { count: LOST_ANSWERS, share: LOST_SHARE });
    await scene.recover('failover with lost answers', killedNs, LEASE_TTL_MS + 2_000);
    await instance.start();
    for (const [name, durationMs] of SEQUENCE) await strike(scene, name, durationMs);
  },
};

async function strike(scene: Scene, name: string, durationMs: number): Promise<void> {
  const kind = FAULT_KINDS.find((candidate) => candidate.name === name);
  if (!kind) throw new Error(`there is no fault ${name}`);
  const fault = await kind.strike(scene);
  scene.say(`${fault.what}, for ${durationMs} ms`);
  try {
    await scene.last(durationMs);
  } finally {
    await fault.heal();
  }
  await scene.recover(`after ${name}`, process.hrtime.bigint(), 2 * LEASE_TTL_MS + 10_000);
}
