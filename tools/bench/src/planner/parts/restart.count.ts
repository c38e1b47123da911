import type { Plan, Step } from '@weir/planner';
import type { RestartEvent } from './restart.events';

/** Moves of one kind. */
export interface MoveShares {
  /** Moves per stream. */
  readonly perStream: number;
  /** Load moved over the load of the fleet, as Dicer counts. */
  readonly perLoad: number;
}

type Kind = 'leaving' | 'filling' | 'balancing';

/**
 * Sorts moves as Databricks' Dicer does in its test of rolling restarts (AlgorithmSuite), by what
 * the two ends are and not by the reason that the planner gives: what comes from the instance that
 * stops is its removal, what goes to the one that just started is its addition, and everything else
 * is balancing. Dicer allows 1.05 for removals, 1.05 for additions and 0.02 for balancing, in
 * shares of the load. Placements count as moves: a stream that lost its owner was moved.
 */
export class RestartCount {
  private readonly counts: Record<Kind, number> = { leaving: 0, filling: 0, balancing: 0 };
  private readonly loads: Record<Kind, number> = { leaving: 0, filling: 0, balancing: 0 };

  constructor(private readonly weights: Float64Array) {}

  /** The plans that followed `event`, until there was nothing left to do. */
  add(event: RestartEvent, plans: readonly Plan[]): void {
    for (const step of plans.flatMap((one) => [...one.placements, ...one.moves])) {
      const kind = kindOf(event, step);
      this.counts[kind] += 1;
      this.loads[kind] += this.weights[Number(step.streamId) - 1] ?? 0;
    }
  }

  shares(): Record<Kind, MoveShares> {
    const total = this.weights.reduce((sum, weight) => sum + weight, 0);
    const shareOf = (kind: Kind): MoveShares => ({
      perStream: this.counts[kind] / this.weights.length,
      perLoad: this.loads[kind] / total,
    });
    return {
      leaving: shareOf('leaving'),
      filling: shareOf('filling'),
      balancing: shareOf('balancing'),
    };
  }
}

function kindOf(event: RestartEvent, step: Step): Kind {
  const isStart = event.kind === 'instance.ready';
  if (isStart && step.to === event.view.serverId) return 'filling';
  if (!isStart && step.from === event.view.serverId) return 'leaving';
  return 'balancing';
}
