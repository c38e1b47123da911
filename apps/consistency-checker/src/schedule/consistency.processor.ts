import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { SCHEDULED_BY } from '@weir/database';
import { ProcessorBase, QueuesContext } from '@weir/queues';
import type { JobPayloads } from '@weir/queues';
import { setTimeout as wait } from 'node:timers/promises';
import { ConsistencySection } from '../consistency.section';
import { CheckDriver } from './check.driver';

/**
 * A scheduled run begins up to this share of the interval late: not always beside the same others.
 */
const JITTER_SHARE = 0.1;

/** The doorbell of verification. A job that comes twice, late or never costs time, nothing else. */
@Injectable()
export class ConsistencyProcessor
  extends ProcessorBase<'consistency'>
  implements BeforeApplicationShutdown
{
  private readonly stopping = new AbortController();

  constructor(
    context: QueuesContext,
    private readonly driver: CheckDriver,
    private readonly section: ConsistencySection,
  ) {
    super('consistency', context);
  }

  override async process({ requestedBy }: JobPayloads['consistency']): Promise<void> {
    if (requestedBy !== SCHEDULED_BY) return this.driver.look('request');
    const delayMs = Math.random() * JITTER_SHARE * this.section.intervalMs;
    await wait(delayMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    return this.driver.look('schedule');
  }

  override async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await super.beforeApplicationShutdown();
  }
}
