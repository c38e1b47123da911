import { pickBusyInstance } from '../faults/busy.instance';
import { replay } from '../faults/heartbeat.recorder';
import type { RecordedRequest } from '../faults/heartbeat.recorder';
import { countChangedEpochs, markOwnership } from '../faults/ownership.mark';
import { untilQuiet } from '../faults/quiet.fleet';
import type { Row } from '../run/row';
import type { Scene } from '../run/scene';

const RECORDED_MIN = 4;
const COPIES = 5;
const FENCED = 409;

/** Heartbeats arrive twice, out of order, late, and from an incarnation that is over. */
export const w8Row: Row = {
  id: 'W8',
  fault: 'heartbeats captured and sent again: at once, in reverse, late, after a new incarnation',
  expected: 'no stream changes its owner by it; those of a former incarnation are refused (409)',
  repetitions: 2,
  run: async (scene) => {
    const { plant, leaseTtlMs } = scene;
    const { instance } = await pickBusyInstance(scene);
    const captured = await capture(scene, instance.name);
    await untilQuiet(scene);
    const mark = await markOwnership(plant);
    scene.say(`${captured.length} heartbeats of ${instance.name} are sent again, in reverse`);
    const now = await replayAll(scene, [...captured].reverse());
    scene.claim(
      now.every((status) => status === 200),
      `answers to copies: ${countBy(now)}`,
    );
    await scene.last(leaseTtlMs);
    const late = await replayAll(scene, captured);
    scene.claim(
      late.every((status) => status === 200),
      `answers to late copies: ${countBy(late)}`,
    );
    await scene.settle();
    const changed = await countChangedEpochs(plant, mark);
    scene.claim(changed === 0, `copies of heartbeats changed the owner of ${changed} streams`);
    scene.say(`${instance.name} starts anew, and the old heartbeats are sent once more`);
    await instance.kill();
    await instance.start();
    await scene.recover(
      'every stream runs, from the new start',
      process.hrtime.bigint(),
      leaseTtlMs + 5_000,
    );
    const stale = await replayAll(scene, captured);
    scene.claim(
      stale.every((status) => status === FENCED),
      `answers to stale ones: ${countBy(stale)}`,
    );
    scene.figure('heartbeats sent again', now.length + late.length + stale.length);
    await scene.settle();
  },
};

async function capture(scene: Scene, name: string): Promise<RecordedRequest[]> {
  const recorder = scene.plant.recorderOf(name);
  recorder.recorded.length = 0;
  recorder.isRecording = true;
  await scene.until(`heartbeats of ${name} are captured`, () =>
    Promise.resolve(recorder.recorded.length >= RECORDED_MIN ? [] : ['too few']),
  );
  recorder.isRecording = false;
  return [...recorder.recorded];
}

/** Each several times, and to each replica. */
async function replayAll(
  { plant }: Scene,
  requests: readonly RecordedRequest[],
): Promise<number[]> {
  const statuses: number[] = [];
  for (let copy = 0; copy < COPIES; copy += 1) {
    const port = plant.apiPorts[copy % plant.apiPorts.length] ?? 0;
    statuses.push(...(await Promise.all(requests.map((request) => replay(port, request)))));
  }
  return statuses;
}

function countBy(statuses: readonly number[]): string {
  const counts = new Map<number, number>();
  for (const status of statuses) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts].map(([status, count]) => `${count} times ${status}`).join(', ');
}
