/** Sums stay below this, so that each is exact. One bit is spare for moves counted at both ends. */
const SUM_MAX = 2 ** 51;

/** A limit is exceeded only beyond this share of it: ten times 0.1 fits into 1. */
const LIMIT_SLACK = 1e-9;

/**
 * A demand as the planner counts it; what is no number >= 0 is 0, so that one bad report stops
 * nobody.
 */
export function readAmount(value: number | undefined): number {
  return value !== undefined && value > 0 && value < Number.POSITIVE_INFINITY ? value : 0;
}

/**
 * How many units one of the fleet's own units is, a power of two. In whole units every sum is
 * exact: it does not depend on the order of its parts, and taking away what was added leaves no
 * trace. That is why the plan cannot depend on the order of the input, and why a settled fleet
 * stays settled.
 * @param largest the largest demand; `count`: how many demands there are.
 */
export function computeUnitsPerOne(largest: number, count: number): number {
  if (largest <= 0) return 1;
  return 2 ** Math.floor(Math.log2(SUM_MAX / Math.max(1, count)) - Math.ceil(Math.log2(largest)));
}

/** A demand in whole units; anything above 0 is at least one. */
export function toUnits(amount: number, unitsPerOne: number): number {
  return amount > 0 ? Math.max(1, Math.round(amount * unitsPerOne)) : 0;
}

/** A limit in whole units, with its slack. */
export function toLimitUnits(amount: number, unitsPerOne: number): number {
  return Math.floor(amount * unitsPerOne * (1 + LIMIT_SLACK));
}
