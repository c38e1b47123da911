import type { MetricsRegistry } from '@weir/observability';
import type { Scores } from '@weir/planner';

/** The scores that are shown, each with its metric; shares of 1 end in `_ratio`. */
const GAUGES = [
  {
    score: 'peak',
    name: 'plan_peak_utilization_ratio',
    help: 'Load of the hottest instance, in its hottest resource, by what it should be given.',
  },
  {
    score: 'mean',
    name: 'plan_mean_utilization_ratio',
    help: 'Load of every ready instance, if it were even over them.',
  },
  {
    score: 'balance',
    name: 'plan_balance_ratio',
    help: 'Mean by peak of the ready instances: 1 is even.',
  },
  {
    score: 'headroomN1',
    name: 'plan_headroom_n1_ratio',
    help: 'Share of the load that would find no room if the worst instance or zone were lost.',
  },
  {
    score: 'violations',
    name: 'plan_violations',
    help: 'Streams where their constraints forbid them, plus limits that are exceeded.',
  },
  {
    score: 'unplaced',
    name: 'unplaced_streams',
    help: 'Streams that no instance can take.',
  },
] as const satisfies readonly { score: keyof Scores; name: string; help: string }[];

/**
 * How good the last plan of each fleet is, once its steps are done, as this replica made it: a
 * fleet at rest is planned every few seconds, so that no replica shows an old one for long.
 */
export class PlanGauges {
  private readonly gauges;

  constructor(metrics: MetricsRegistry) {
    this.gauges = GAUGES.map(({ score, name, help }) => ({
      score,
      gauge: metrics.gauge({
        name,
        help: `${help} As of the last plan of the fleet.`,
        labels: ['fleet'],
      }),
    }));
  }

  show(fleet: string, scores: Scores): void {
    for (const { score, gauge } of this.gauges) gauge.set({ fleet }, scores[score]);
  }
}
