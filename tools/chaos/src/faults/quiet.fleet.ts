import type { Scene } from '../run/scene';

const QUIET_POLLS = 5;

/** Waits until no stream was on the move for a moment: then nothing changes by itself. */
export async function untilQuiet(scene: Scene): Promise<void> {
  let quiet = 0;
  await scene.until('no stream is on the move', async () => {
    const moves = await scene.plant.truth.query(
      `select 1 from moves where state in ('preparing', 'stopping', 'starting')`,
    );
    quiet = moves.length === 0 ? quiet + 1 : 0;
    return quiet >= QUIET_POLLS ? [] : [`${moves.length} moves are under way`];
  });
  await scene.settle();
}
