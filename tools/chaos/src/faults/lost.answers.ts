import type { Plant } from '../plant/plant';
import type { Scene } from '../run/scene';

/**
 * Loses answers to COMMIT: PostgreSQL has committed, and the connection breaks before the service
 * hears it. Resolves when `count` were lost, and then leaves everything alone again.
 * @param share of the COMMITs whose answer is lost, in 0..1.
 */
export async function loseCommitAnswers(
  scene: Scene,
  { count, share }: { readonly count: number; readonly share: number },
): Promise<ReadonlyMap<string, number>> {
  const { plant, random } = scene;
  const lost = new Map<string, number>();
  let left = count;
  plant.statements.watch({
    isAnswerLost: (service, _statement, tag) => {
      if (tag !== 'COMMIT' || left <= 0 || !random.chance(share)) return false;
      left -= 1;
      lost.set(service, (lost.get(service) ?? 0) + 1);
      return true;
    },
  });
  try {
    await scene.untilTrue('enough answers are lost', () => Promise.resolve(left <= 0));
  } finally {
    stopInterfering(plant);
  }
  return lost;
}

/** Nobody interferes with what is said to PostgreSQL any more. */
export function stopInterfering(plant: Plant): void {
  plant.statements.watch();
}
