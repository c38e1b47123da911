import { Injectable } from '@nestjs/common';
import { DomainError } from '@weir/domain';

/** Callers that may wait for their turn; more are sent away at once. */
const WAITING_MAX = 8;

/**
 * Plans and explanations are made one at a time in each replica. Each reads a whole fleet and keeps
 * the event loop for as long as the planner takes (a tenth of a second for 100,000 streams), beside
 * heartbeats that must not wait.
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
