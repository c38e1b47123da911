import { checkCounters } from '../checks/database.checks';
import type { Scene } from '../run/scene';
import { OPERATOR_ACTIONS, putBackOperatorActions } from '../workload/operator.actions';

const PAUSE_MS = 300;
const STREAMS = 6;

export interface OperationDriver {
  /** Puts everything back, and resolves when nothing is under way. */
  stop(): Promise<void>;
}

/**
 * Keeps every kind of operation going: registration and leaving, losses of instances, creation,
 * change and deletion of streams that run, wrong counters, and whatever an operator may do.
 */
export function driveOperations(scene: Scene): OperationDriver {
  let isStopping = false;
  const run = async (): Promise<void> => {
    for (let turn = 0; !isStopping; turn += 1) {
      await doOne(scene, turn).catch(() => undefined);
      await scene.last(PAUSE_MS);
    }
  };
  const done = run().catch(() => undefined);
  return {
    stop: async () => {
      isStopping = true;
      await done;
      await putBack(scene);
    },
  };
}

type Operation = (scene: Scene, turn: number) => Promise<unknown>;

const OPERATIONS: readonly Operation[] = [
  ({ plant }, turn) => plant.operator.call('/streams', { method: 'POST', body: streamOf(turn) }),
  ({ plant, random }) => random.pick(plant.instances).kill(),
  startAll,
  ({ plant, random }) => random.pick(plant.instances).stop(),
  ({ plant }) => plant.truth.query('update instance_counters set held_count = held_count + 1'),
  startAll,
  toggleStream,
  deleteStream,
  ...OPERATOR_ACTIONS.map(({ act }): Operation => act),
];

function doOne(scene: Scene, turn: number): Promise<unknown> {
  const operation = OPERATIONS[turn % OPERATIONS.length] as Operation;
  return operation(scene, turn);
}

function streamOf(turn: number): object {
  return { name: `driven-${turn}`, source: 'http://127.0.0.1:1/', weight: 1 + (turn % 3) };
}

function startAll({ plant }: Scene): Promise<unknown> {
  return Promise.all(plant.instances.map((instance) => instance.start()));
}

async function findDriven({ plant }: Scene): Promise<string[]> {
  const streams = await plant.truth.streams();
  return streams.filter(({ name }) => name.startsWith('driven-')).map(({ streamId }) => streamId);
}

/** Stops one that runs, and starts it again the next time. */
async function toggleStream(scene: Scene, turn: number): Promise<void> {
  const [first] = await findDriven(scene);
  if (first === undefined) return;
  const body = { enabled: turn % 2 === 0 };
  await scene.plant.operator.call(`/streams/${first}`, { method: 'PATCH', body });
}

async function deleteStream(scene: Scene): Promise<void> {
  const driven = await findDriven(scene);
  if (driven.length <= STREAMS) return;
  await scene.plant.operator.call(`/streams/${driven[0]}`, { method: 'DELETE' });
}

/** As it was before: everybody up and open, the fleet not frozen, none of these streams left. */
async function putBack(scene: Scene): Promise<void> {
  const { plant } = scene;
  await startAll(scene);
  await putBackOperatorActions(scene);
  await repairCounters(scene);
  for (const streamId of await findDriven(scene)) {
    await scene.untilTrue(`stream ${streamId} is deleted`, async () => {
      const { status } = await plant.operator.send(`/streams/${streamId}`, { method: 'DELETE' });
      return status < 500;
    });
  }
}

/** What was made wrong is made right by Weir itself, on request. */
async function repairCounters(scene: Scene): Promise<void> {
  const { operator, truth } = scene.plant;
  await scene.until('the counters are right', async () => {
    const wrong = await checkCounters(truth);
    if (wrong.length > 0) {
      await operator
        .call('/consistency/checks', { method: 'POST', body: { repair: true } })
        .catch(() => undefined);
      await scene.last(PAUSE_MS);
    }
    return wrong.map(({ what }) => what);
  });
}
