import type { StepReason } from '../boundary/plan.view';
import { flagAt } from '../columns/column.access';

const CODES: Readonly<Record<StepReason, number>> = {
  orphaned: 1,
  failover: 2,
  drain: 3,
  constraint: 4,
  spread: 5,
  capacity: 6,
  makeRoom: 7,
  join: 8,
  balance: 9,
};
const REASONS: readonly (StepReason | undefined)[] = [
  undefined,
  ...(Object.keys(CODES) as StepReason[]),
];

/**
 * Which streams get a step, why, and in which order that was decided. Where to:
 * `FleetState.homeOf`.
 */
export class PlanDecisions {
  /** Streams in the order of their decisions. */
  readonly order: number[] = [];
  /** True once a step empties or replaces an instance, or makes room: all else can wait. */
  isUrgent = false;
  private readonly reasons: Uint8Array;
  private readonly gains = new Map<number, number>();

  constructor(streamCount: number) {
    this.reasons = new Uint8Array(streamCount);
  }

  has(stream: number): boolean {
    return flagAt(this.reasons, stream) !== 0;
  }

  /** Of a stream that has a step. */
  reasonOf(stream: number): StepReason {
    return REASONS[flagAt(this.reasons, stream)] ?? 'balance';
  }

  /** 1, the gain of what mends, unless noted otherwise. */
  gainOf(stream: number): number {
    return this.gains.size === 0 ? 1 : (this.gains.get(stream) ?? 1);
  }

  note(stream: number, reason: StepReason, gain = 1): void {
    if (!this.has(stream)) this.order.push(stream);
    this.reasons[stream] = CODES[reason];
    if (reason === 'failover' || reason === 'drain' || reason === 'makeRoom') this.isUrgent = true;
    if (gain !== 1) this.gains.set(stream, gain);
  }
}
