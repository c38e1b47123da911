import type { Scene } from '../run/scene';

/** Something that an operator does; it may be refused, or find nobody. */
export interface OperatorAction {
  readonly name: string;
  readonly act: (scene: Scene) => Promise<unknown>;
}

interface Identified {
  readonly moveId: string;
  readonly planId: string;
}

/** What an operator may do to moves, rebalances, instances and the fleet at any time. */
export const OPERATOR_ACTIONS: readonly OperatorAction[] = [
  { name: 'a move by hand', act: beginMove },
  { name: 'a move by hand, taken back', act: async (scene) => steerMove(scene, 'cancel') },
  { name: 'a move by hand, forced', act: async (scene) => steerMove(scene, 'force') },
  {
    name: 'a rebalance',
    act: ({ plant }) => plant.operator.call('/rebalances', { method: 'POST', body: {} }),
  },
  { name: 'a rebalance paused', act: (scene) => steerRebalance(scene, 'pause') },
  { name: 'a rebalance resumed', act: (scene) => steerRebalance(scene, 'resume') },
  { name: 'a rebalance cancelled', act: (scene) => steerRebalance(scene, 'cancel') },
  {
    name: 'an instance fenced',
    act: (scene) => toInstance(scene, 'fence', { reason: 'an operator tries everything' }),
  },
  { name: 'an instance cordoned', act: (scene) => toInstance(scene, 'cordon') },
  { name: 'an instance uncordoned', act: (scene) => toInstance(scene, 'uncordon') },
  {
    name: 'the fleet frozen',
    act: ({ plant }) => plant.operator.call('', { method: 'PATCH', body: { frozen: true } }),
  },
  {
    name: 'the fleet thawed',
    act: ({ plant }) => plant.operator.call('', { method: 'PATCH', body: { frozen: false } }),
  },
  {
    name: 'a check with repair',
    act: ({ plant }) =>
      plant.operator.call('/consistency/checks', { method: 'POST', body: { repair: true } }),
  },
];

/** Nothing is frozen or cordoned, and no rebalance waits for anybody. Insists until it is done. */
export async function putBackOperatorActions(scene: Scene): Promise<void> {
  const { operator, instances } = scene.plant;
  await scene.untilTrue('the fleet is thawed', async () => {
    await operator.call('', { method: 'PATCH', body: { frozen: false } });
    return true;
  });
  for (const serverId of new Set(instances.map((instance) => instance.serverId))) {
    await scene.untilTrue(`${serverId} is uncordoned`, async () => {
      const { status } = await operator.send(`/instances/${serverId}/uncordon`, { method: 'POST' });
      return status < 500;
    });
  }
  await steerRebalance(scene, 'resume').catch(() => undefined);
}

async function beginMove({ plant, random }: Scene): Promise<string> {
  const streams = (await plant.truth.streams()).filter((stream) => stream.status === 'running');
  const body = {
    streamId: random.pick(streams).streamId,
    toServerId: random.pick(plant.instances).serverId,
  };
  const { moveId } = await plant.operator.call<Identified>('/moves', { method: 'POST', body });
  return moveId;
}

async function steerMove(scene: Scene, action: 'cancel' | 'force'): Promise<unknown> {
  const moveId = await beginMove(scene);
  return scene.plant.operator.call(`/moves/${moveId}/${action}`, { method: 'POST' });
}

async function steerRebalance(
  { plant }: Scene,
  action: 'pause' | 'resume' | 'cancel',
): Promise<unknown> {
  const { items } = await plant.operator.call<{ items: Identified[] }>('/rebalances?limit=1');
  const planId = items[0]?.planId;
  if (planId === undefined) return undefined;
  return plant.operator.call(`/rebalances/${planId}/${action}`, { method: 'POST' });
}

function toInstance({ plant, random }: Scene, action: string, body?: object): Promise<unknown> {
  const { serverId } = random.pick(plant.instances);
  const request = { method: 'POST', ...(body && { body }) };
  return plant.operator.call(`/instances/${serverId}/${action}`, request);
}
