import { PARTITIONED } from '@weir/testing';
import { elapsedMs } from '../faults/elapsed';
import type { Row } from '../run/row';

const POLL_TARGET_MS = 5_000;

/** One replica of the API cannot ring the doorbell. */
export const r4Row: Row = {
  id: 'R4',
  fault: 'one replica of the API cut off from Redis',
  expected: 'what it writes is acted upon by notice or cadence',
  repetitions: 3,
  run: async (scene) => {
    const { plant, random } = scene;
    await plant.links.setFault({ from: 'api-1', to: 'redis' }, PARTITIONED);
    const name = `cut-off-${random.below(1e9)}`;
    const body = { name, source: 'http://127.0.0.1:1/' };
    scene.say('a stream is created at the replica without Redis');
    const createdNs = process.hrtime.bigint();
    const response = await fetch(`${plant.apiUrl('api-1')}/streams`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${plant.home.keys().operator}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(body),
    });
    scene.claim(response.status === 201, `it was answered ${response.status}`);
    const { streamId } = (await response.json()) as { streamId: string };
    scene.record('it is answered', elapsedMs(createdNs), 500);
    await scene.recover('the new stream runs', createdNs, POLL_TARGET_MS);
    await plant.links.setFault({ from: 'api-1', to: 'redis' }, {});
    await plant.operator.call(`/streams/${streamId}`, { method: 'DELETE' });
  },
};
