import { between, seconds, Variable } from '@weir/config';

/** What can be set of the aggregation of health. */
export class HealthSection {
  @Variable({
    name: 'WEIR_HEALTH_INTERVAL',
    kind: between(seconds, 1_000, 600_000),
    default: '10',
    expected: 'seconds, 1 to 600',
    meaning: 'Time between two looks at the health of the system.',
  })
  readonly intervalMs!: number;
}
