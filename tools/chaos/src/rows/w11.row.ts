import { elapsedMs } from '../faults/elapsed';
import { markOwnership } from '../faults/ownership.mark';
import { READY_AGAIN } from '../plant/plant.options';
import type { Row } from '../run/row';

const HOLDERS_MAX = 3;
const WATCHED_MS = 45_000;

/** One stream kills every instance that runs it. */
export const w11Row: Row = {
  id: 'W11',
  fault: 'a poison stream: it kills each holder',
  expected: 'it is held back after at most 3 instances; everything else runs',
  repetitions: 1,
  plant: { instances: 6, settings: { ...READY_AGAIN, isolatePercentMax: 20 } },
  run: async (scene) => {
    const { plant, random } = scene;
    const mark = await markOwnership(plant);
    const before = plant.instances.map(({ processCount }) => processCount);
    const name = `poison-${random.below(1e9)}`;
    scene.say('the poison stream is created');
    const createdNs = process.hrtime.bigint();
    const { streamId } = await plant.operator.call<{ streamId: string }>('/streams', {
      method: 'POST',
      body: { name, source: 'http://127.0.0.1:1/', config: { poison: true } },
    });
    await scene.untilTrue(
      'it is held back',
      async () => {
        const kinds = ['stream.parked', 'stream.isolated'];
        const events = await plant.truth.events(mark.eventId, kinds);
        return events.some((event) => event.streamId === streamId);
      },
      WATCHED_MS * 2,
    );
    scene.record('until it is held back', elapsedMs(createdNs));
    const killed = plant.instances.filter(
      ({ processCount }, at) => processCount > (before[at] ?? 0),
    );
    scene.figure('instances that it killed (target: at most 3)', killed.length);
    scene.claim(killed.length <= HOLDERS_MAX, `it killed ${killed.length} instances`);
    await plant.operator.call(`/streams/${streamId}`, { method: 'DELETE' });
    await scene.recover(
      'every other stream runs, from its removal',
      process.hrtime.bigint(),
      10_000,
    );
  },
};
