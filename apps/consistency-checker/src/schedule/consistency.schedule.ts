import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { SCHEDULED_BY } from '@weir/database';
import { ScheduleKeeper } from '@weir/queues';
import { ConsistencySection } from '../consistency.section';

/** Has the queue ring for a scheduled run at every interval. */
@Injectable()
export class ConsistencySchedule implements OnApplicationBootstrap {
  constructor(
    private readonly keeper: ScheduleKeeper,
    private readonly section: ConsistencySection,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.keeper.keep({
      id: 'consistency',
      queue: 'consistency',
      payload: { repair: this.section.isRepairing, requestedBy: SCHEDULED_BY },
      timing: { everyMs: this.section.intervalMs },
    });
  }
}
