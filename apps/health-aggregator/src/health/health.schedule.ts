import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { ScheduleKeeper } from '@weir/queues';
import { HealthSection } from '../health.section';

/** Has the queue ring for a sample at every interval. */
@Injectable()
export class HealthSchedule implements OnApplicationBootstrap {
  constructor(
    private readonly keeper: ScheduleKeeper,
    private readonly section: HealthSection,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.keeper.keep({
      id: 'health',
      queue: 'health',
      payload: {},
      timing: { everyMs: this.section.intervalMs },
    });
  }
}
