import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { JobPayloads, QueueName } from './queue.definitions';
import { ProcessorRunner } from './processor.runner';
import type { ProcessorContext, ProcessorOptions } from './processor.runner';
import type { Job } from 'bullmq';

/**
 * A Nest provider that consumes one queue: it begins when the application has started, and finishes
 * what it runs before the application closes its connections. A subclass says which queue and what
 * to do:
 *
 *     class BalanceProcessor extends ProcessorBase<'balance'> {
 *       constructor(context: QueuesContext, private readonly driver: BalanceDriver) {
 *         super('balance', context, { concurrency: 8 });
 *       }
 *       process({ fleet }: JobPayloads['balance']) { return this.driver.run(fleet); }
 *     }
 *
 * `process` must be idempotent, and must be right when the job came twice, late, or not at all.
 */
export abstract class ProcessorBase<Q extends QueueName>
  implements OnApplicationBootstrap, BeforeApplicationShutdown
{
  private readonly runner: ProcessorRunner<Q>;

  protected constructor(queue: Q, context: ProcessorContext, options: ProcessorOptions = {}) {
    this.runner = new ProcessorRunner(
      queue,
      (data, job) => this.process(data, job),
      context,
      options,
    );
  }

  abstract process(payload: JobPayloads[Q], job: Job<JobPayloads[Q]>): Promise<unknown>;

  onApplicationBootstrap(): void {
    this.runner.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.runner.close();
  }
}
