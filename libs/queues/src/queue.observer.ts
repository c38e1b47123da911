import type { QueueName } from './queue.definitions';

/** What the queues tell about themselves, for metrics. Implementations must not throw. */
export abstract class QueueObserver {
  /** A job was handed to Redis, or dropped because Redis was away. */
  abstract jobOffered(queue: QueueName, outcome: 'added' | 'dropped'): void;

  /** A processor has finished with a job. */
  abstract jobProcessed(
    queue: QueueName,
    outcome: 'completed' | 'failed',
    durationMs: number,
  ): void;
}

/** For processes that measure nothing. */
export class SilentQueueObserver extends QueueObserver {
  jobOffered(): void {}

  jobProcessed(): void {}
}
