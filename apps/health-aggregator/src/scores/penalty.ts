import type { HealthReason } from '@weir/domain';

/** One thing that lowers a score, and by how much. */
export interface Penalty {
  /** What of the score it takes, 0..1. */
  readonly share: number;
  readonly severity: HealthReason['severity'];
  /** In words that an operator can act on. */
  readonly message: string;
}

/** What a part of the system scores, 0..1, and everything that lowered it. */
export interface Score {
  readonly value: number;
  readonly reasons: readonly HealthReason[];
}

/** 0 up to `from`, 1 from `to` on, straight between them. */
export function ramp(value: number, from: number, to: number): number {
  return clamp((value - from) / (to - from));
}

/** Each penalty takes its share of what the others left: the product of `1 - share`. */
export function scoreByProduct(name: HealthReason['score'], penalties: readonly Penalty[]): Score {
  const value = penalties.reduce((left, { share }) => left * (1 - clamp(share)), 1);
  return { value, reasons: reasonsOf(name, penalties) };
}

/** The largest penalty alone decides: for scores of fleets, whose number must not matter. */
export function scoreByWorst(name: HealthReason['score'], penalties: readonly Penalty[]): Score {
  const worst = penalties.reduce((share, penalty) => Math.max(share, clamp(penalty.share)), 0);
  return { value: 1 - worst, reasons: reasonsOf(name, penalties) };
}

/** What takes nothing is no reason. */
function reasonsOf(score: HealthReason['score'], penalties: readonly Penalty[]): HealthReason[] {
  return penalties
    .filter(({ share }) => share > 0)
    .map(({ severity, message }) => ({ score, severity, message }));
}

function clamp(share: number): number {
  return Number.isNaN(share) ? 1 : Math.min(1, Math.max(0, share));
}
