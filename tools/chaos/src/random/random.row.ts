import type { Row } from '../run/row';
import type { Scene } from '../run/scene';
import type { ActiveFault, FaultKind } from './fault.kind';
import { FAULT_KINDS } from './fault.list';

const TWO_AT_ONCE = 0.35;
const REST_MAX_MS = 5_000;
/** After so many turns everything has to run again before the next one. */
const TURNS_TO_SETTLE = 5;

/**
 * Random faults for a while, drawn from the seed; some strike while the one before is still being
 * recovered from. Then everything heals, and the fleet has to converge.
 */
export function randomRow(seconds: number): Row {
  return {
    id: 'random',
    fault: `random faults for ${seconds} s, ${TWO_AT_ONCE * 100} % of the time two at once`,
    expected: 'it converges after the last one',
    repetitions: 1,
    replay: `--random ${seconds}`,
    run: async (scene) => {
      const untilMs = performance.now() + seconds * 1_000;
      for (let turn = 1; performance.now() < untilMs; turn += 1) {
        await strikeOnce(scene, turn);
        if (turn % TURNS_TO_SETTLE === 0) await scene.settle();
      }
      const targetMs = 2 * scene.leaseTtlMs + 10_000;
      await scene.recover('it converges, from the last healing', process.hrtime.bigint(), targetMs);
    },
  };
}

async function strikeOnce(scene: Scene, turn: number): Promise<void> {
  const kinds = drawKinds(scene);
  const durations = kinds.map(({ durationMs: [least, most] }) => scene.random.between(least, most));
  const restMs = scene.random.between(0, REST_MAX_MS);
  const active: ActiveFault[] = [];
  try {
    for (const kind of kinds) {
      active.push(await kind.strike(scene));
      scene.figure(`struck: ${kind.name}`, 1);
    }
    const what = active.map((fault) => fault.what).join(', and ');
    const durationMs = Math.round(Math.max(...durations));
    scene.say(`turn ${turn}: ${what}, for ${durationMs} ms`);
    await scene.last(durationMs);
  } finally {
    for (const fault of active.reverse()) await fault.heal();
  }
  await scene.last(restMs);
}

function drawKinds({ random }: Scene): FaultKind[] {
  const first = random.pick(FAULT_KINDS);
  if (!random.chance(TWO_AT_ONCE)) return [first];
  return [first, random.pick(FAULT_KINDS.filter(({ place }) => place !== first.place))];
}
