import type { InstanceMember } from '../plant/instance.member';
import type { Scene } from '../run/scene';
import { markOwnership, ownedBy } from './ownership.mark';
import type { OwnershipMark } from './ownership.mark';

/** Fewer streams than this show nothing. */
const STREAMS_MIN = 3;

export interface BusyInstance {
  readonly instance: InstanceMember;
  readonly mark: OwnershipMark;
}

/** An instance with something to lose, drawn from the seed; waits until there is one. */
export async function pickBusyInstance(scene: Scene): Promise<BusyInstance> {
  const { plant, random } = scene;
  let found: BusyInstance | undefined;
  await scene.until('an instance has streams', async () => {
    const mark = await markOwnership(plant).catch(() => undefined);
    const busy = plant.instances.filter(
      (instance) =>
        instance.isUp &&
        !instance.isPaused &&
        mark !== undefined &&
        ownedBy(mark, instance.serverId).length >= STREAMS_MIN,
    );
    if (!mark || busy.length === 0) return ['nobody has enough streams'];
    found = { instance: random.pick(busy), mark };
    return [];
  });
  if (!found) throw new Error('no instance has streams');
  return found;
}
