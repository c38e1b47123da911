import { Queue } from 'bullmq';
import { within } from './bounded';
import type { QueueConnection } from './queue.connection';
import { QUEUE_PREFIX, queueDefinitions, queueNames } from './queue.definitions';
import type { QueueName } from './queue.definitions';

export interface QueueCounts {
  readonly queue: QueueName;
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly failed: number;
  /** Age of the job that waits longest, or null when none waits. */
  readonly oldestWaitingAgeMs: number | null;
}

const CLOSE_TIMEOUT_MS = 500;

/** The queues themselves, on the shared connection. */
export class QueueRegistry {
  private readonly queues = new Map<QueueName, Queue>();

  constructor(private readonly connection: QueueConnection) {}

  get(name: QueueName): Queue {
    const known = this.queues.get(name);
    if (known !== undefined) return known;
    const queue = new Queue(name, {
      connection: this.connection.client,
      prefix: QUEUE_PREFIX,
      defaultJobOptions: queueDefinitions[name].jobOptions,
      // Without the version check nothing is asked of Redis while connecting: an outage at that
      // very moment would otherwise leave the queue unusable for the rest of the process.
      skipVersionCheck: true,
      skipMetasUpdate: true,
    });
    // The shared connection reports its outages itself.
    queue.on('error', () => {});
    this.queues.set(name, queue);
    return queue;
  }

  /** How many jobs are in which state. Throws when Redis is away. */
  async count(name: QueueName, nowMs: number): Promise<QueueCounts> {
    const queue = this.get(name);
    const counts = await queue.getJobCounts(
      'waiting',
      'prioritized',
      'active',
      'delayed',
      'failed',
    );
    const [oldest] = await queue.getJobs(['waiting'], 0, 0, true);
    return {
      queue: name,
      waiting: (counts['waiting'] ?? 0) + (counts['prioritized'] ?? 0),
      active: counts['active'] ?? 0,
      delayed: counts['delayed'] ?? 0,
      failed: counts['failed'] ?? 0,
      oldestWaitingAgeMs: oldest === undefined ? null : Math.max(0, nowMs - oldest.timestamp),
    };
  }

  /** `count` of every queue. Throws when Redis is away. */
  async countAll(nowMs: number): Promise<QueueCounts[]> {
    return Promise.all(queueNames.map((name) => this.count(name, nowMs)));
  }

  /** Closes every queue; bounded. The shared connection stays open. */
  async close(): Promise<void> {
    const closing = [...this.queues.values()].map((queue) =>
      within(queue.close(), CLOSE_TIMEOUT_MS),
    );
    await Promise.all(closing);
  }
}
