import type { StepReason } from '../boundary/plan.view';
import { flagAt } from '../columns/column.access';

const REASONS: readonly StepReason[] = [
  'orphaned',
  'failover',
  'drain',
  'constraint',
  'spread',
  'capacity',
  'makeRoom',
  'join',
  'balance',
];

/**
 * Which streams get a step, why, and in which order that was decided. Where to:
 * `FleetState.homeOf`.
 */
export class PlanDecisions {
  /** Streams in the order of their decisions. */
  readonly order: number[] = [];
  private readonly reasons: Uint8Array;
  private readonly gains = new Map<number, number>();

  constructor(streamCount: number) {
    this.reasons = new Uint8Array(streamCount);
  }

  has(stream: number): boolean {
    return flagAt(this.reasons, stream) !== 0;
  }

  reasonOf(stream: number): StepReason | undefined {
    return REASONS[flagAt(this.reasons, stream) - 1];
  }

  /** 1, the gain of what mends, unless noted otherwise. */
  gainOf(stream: number): number {
    return this.gains.get(stream) ?? 1;
  }

  note(stream: number, reason: StepReason, gain = 1): void {
    if (!this.has(stream)) this.order.push(stream);
    this.reasons[stream] = REASONS.indexOf(reason) + 1;
    if (gain !== 1) this.gains.set(stream, gain);
  }
}
