import { queueNames } from '@weir/queues';
import type { QueueConnection, QueueCounts, QueueRegistry } from '@weir/queues';
import { readProbe } from './probe.reading';
import type { ProbeReading } from './probe.reading';

/** Jobs of one queue, and how many processors wait for them. */
export interface QueueFigures extends QueueCounts {
  readonly consumers: number;
}

export function probeQueues(
  connection: QueueConnection,
  registry: QueueRegistry,
): Promise<ProbeReading<QueueFigures[]>> {
  return readProbe(async () => {
    if (!connection.isReady) throw new Error('not connected');
    const nowMs = Date.now();
    return Promise.all(
      queueNames.map(async (name) => ({
        ...(await registry.count(name, nowMs)),
        consumers: await registry.get(name).getWorkersCount(),
      })),
    );
  });
}
