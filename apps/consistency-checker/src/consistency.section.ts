import { between, seconds, Variable, wholeNumber, yesOrNo } from '@weir/config';

/** What can be set of verification, and how long history is kept. */
export class ConsistencySection {
  @Variable({
    name: 'WEIR_CONSISTENCY_INTERVAL',
    kind: between(seconds, 1_000, 3_600_000),
    default: '30',
    expected: 'seconds, 1 to 3600',
    meaning: 'Time between two scheduled verifications of a fleet.',
  })
  readonly intervalMs!: number;

  @Variable({
    name: 'WEIR_CONSISTENCY_REPAIR',
    kind: yesOrNo,
    default: 'true',
    meaning: 'Whether scheduled verifications also repair what they find.',
  })
  readonly isRepairing!: boolean;

  @Variable({
    name: 'WEIR_EVENT_RETENTION_DAYS',
    kind: between(wholeNumber, 1, 3_650),
    default: '90',
    expected: 'whole number, 1 to 3650',
    meaning: 'How many days of events are kept.',
  })
  readonly eventDays!: number;

  @Variable({
    name: 'WEIR_HEALTH_RETENTION_DAYS',
    kind: between(wholeNumber, 1, 3_650),
    default: '30',
    expected: 'whole number, 1 to 3650',
    meaning: 'How many days of health samples are kept.',
  })
  readonly healthDays!: number;
}
