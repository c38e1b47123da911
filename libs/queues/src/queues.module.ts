import { Module } from '@nestjs/common';
import type { DynamicModule, OnApplicationShutdown } from '@nestjs/common';
import { RedisSection } from '@weir/config';
import { JobProducer } from './job.producer';
import { QueueConnection } from './queue.connection';
import { QueueObserver, SilentQueueObserver } from './queue.observer';
import { QueueRegistry } from './queue.registry';
import { QueuesContext } from './queues.context';
import { ScheduleKeeper } from './schedule.keeper';

const parts = [
  {
    provide: QueuesContext,
    inject: [RedisSection, { token: QueueObserver, optional: true }],
    useFactory: (redis: RedisSection, observer?: QueueObserver) =>
      new QueuesContext(redis, observer ?? new SilentQueueObserver()),
  },
  { provide: JobProducer, inject: [QueuesContext], useFactory: (c: QueuesContext) => c.producer },
  {
    provide: ScheduleKeeper,
    inject: [QueuesContext],
    useFactory: (c: QueuesContext) => c.schedules,
  },
  { provide: QueueRegistry, inject: [QueuesContext], useFactory: (c: QueuesContext) => c.registry },
  {
    provide: QueueConnection,
    inject: [QueuesContext],
    useFactory: (c: QueuesContext) => c.connection,
  },
];

/**
 * Queues for a Nest application. Needs the global ConfigModule with a RedisSection; takes a global
 * `QueueObserver` when there is one. Processors close in `beforeApplicationShutdown`, this module
 * after them in `onApplicationShutdown`.
 */
@Module({})
export class QueuesModule implements OnApplicationShutdown {
  constructor(private readonly context: QueuesContext) {}

  static forRoot(): DynamicModule {
    return { module: QueuesModule, global: true, providers: parts, exports: parts };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.context.close();
  }
}
