import { Injectable } from '@nestjs/common';
import { DomainError } from '@weir/domain';

/** Callers that may wait for their turn; more are sent away at once. */
const WAITING_MAX = 8;

/**
 * Plans and explanations are made one at a time in each replica, because each keeps the event loop
 * for as long as the planner takes, beside heartbeats that must not wait for several: 0.15 to
 * 0.35 s for 100,000 streams on 1,000 instances (two busy cores), little beside the shortest lease
 * (3 s). The rest is done in slices (fleet.reader.ts). A thread of its own would have to read the
 * fleet by itself, with connections of its own: copying 100,000 rows to it costs what a plan does.
 */
@Injectable()
export class PlanningTurn {
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  /** @throws DomainError PLANNING_BUSY when too many wait already */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.waiting >= WAITING_MAX) {
      throw new DomainError(
        'PLANNING_BUSY',
        `${WAITING_MAX} others wait for the planner of this replica: try again in a moment`,
      );
    }
    this.waiting += 1;
    const mine = this.last.then(work).finally(() => (this.waiting -= 1));
    this.last = mine.catch(() => undefined);
    return mine;
  }
}
