import { Injectable } from '@nestjs/common';
import { ProcessorBase, QueuesContext } from '@weir/queues';
import { HealthDriver } from './health.driver';

/** The doorbell of aggregation; a sample that is not due is not stored. */
@Injectable()
export class HealthProcessor extends ProcessorBase<'health'> {
  constructor(
    context: QueuesContext,
    private readonly driver: HealthDriver,
  ) {
    super('health', context);
  }

  override process(): Promise<void> {
    return this.driver.sample();
  }
}
