import { Injectable } from '@nestjs/common';
import { ProcessorBase, QueuesContext } from '@weir/queues';
import type { JobPayloads } from '@weir/queues';
import { ControlLoops } from './control.loops';

/** Answering a ring takes no time: the round itself is the driver's. */
const RINGS_AT_ONCE = 8;

/**
 * The doorbell of fleets. A job that comes twice, late or never changes nothing but when a round
 * runs.
 */
@Injectable()
export class BalanceProcessor extends ProcessorBase<'balance'> {
  constructor(
    context: QueuesContext,
    private readonly loops: ControlLoops,
  ) {
    super('balance', context, { concurrency: RINGS_AT_ONCE });
  }

  override process({ fleet }: JobPayloads['balance']): Promise<void> {
    this.loops.ring(fleet);
    return Promise.resolve();
  }
}
