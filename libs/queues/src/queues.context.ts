import { JobProducer } from './job.producer';
import { QueueConnection } from './queue.connection';
import type { QueueObserver } from './queue.observer';
import { QueueRegistry } from './queue.registry';
import { ScheduleKeeper } from './schedule.keeper';
import type { RedisSection } from '@weir/config';

/**
 * Everything about queues in one process, built together and closed in the right order; needs no
 * Nest.
 */
export class QueuesContext {
  readonly connection: QueueConnection;
  readonly registry: QueueRegistry;
  readonly producer: JobProducer;
  readonly schedules: ScheduleKeeper;

  constructor(
    redis: RedisSection,
    readonly observer: QueueObserver,
  ) {
    this.connection = new QueueConnection(redis);
    this.registry = new QueueRegistry(this.connection);
    this.producer = new JobProducer(this.connection, this.registry, observer);
    this.schedules = new ScheduleKeeper(this.connection, this.registry);
  }

  /** Bounded to about a second, also while Redis is away. Processors are closed before. */
  async close(): Promise<void> {
    this.schedules.stop();
    await this.registry.close();
    await this.connection.close();
  }
}
