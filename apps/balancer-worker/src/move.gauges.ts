import type { RoundReport } from '@weir/control-loop';
import type { MetricsRegistry } from '@weir/observability';

/** What moves in each fleet, as of the last round of this replica. */
export class MoveGauges {
  private readonly underWay;
  private readonly planned;

  constructor(metrics: MetricsRegistry) {
    this.underWay = metrics.gauge({
      name: 'moves_under_way',
      help: 'Moves under way in a fleet, as of the last round.',
      labels: ['fleet'],
    });
    this.planned = metrics.gauge({
      name: 'rebalance_moves_planned',
      help: 'Moves of the rebalance of a fleet that have not begun, as of the last round.',
      labels: ['fleet'],
    });
  }

  show(fleet: string, { movesUnderWay, movesPlanned }: RoundReport): void {
    this.underWay.set({ fleet }, movesUnderWay);
    this.planned.set({ fleet }, movesPlanned);
  }
}
