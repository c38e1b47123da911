/** Share of repeated measurements whose bounds would hold the true quantile. */
export const CONFIDENCE = 0.95;

/**
 * A quantile of a sample, with the bounds between which the true one lies with CONFIDENCE at least.
 * A bound that so few values do not give is undefined: it may be anything beyond what was seen.
 */
export interface BoundedQuantile {
  readonly value: number;
  readonly low: number | undefined;
  readonly high: number | undefined;
}

/**
 * The value at rank ceil(share * n), and bounds that hold for any distribution: of n independent
 * values the number below the true quantile is binomial, so ranks l and u with
 * P(B < l) <= 2.5 % and P(B >= u) <= 2.5 % bound it (Hahn and Meeker, Statistical Intervals, 5.2).
 * The values must be independent: streams lost with one instance are not.
 * @param share in (0, 1). @returns NaN as the value without values.
 */
export function computeQuantile(values: readonly number[], share: number): BoundedQuantile {
  const sorted = [...values].sort((one, other) => one - other);
  const at = (rank: number): number | undefined => sorted[rank - 1];
  const rank = Math.max(1, Math.ceil(share * sorted.length - 1e-9));
  const { low, high } = findBoundRanks(sorted.length, share);
  return { value: at(rank) ?? Number.NaN, low: at(low), high: at(high) };
}

/** The ranks of both bounds, from 1; one outside 1..n does not exist. */
function findBoundRanks(size: number, share: number): { low: number; high: number } {
  const tail = (1 - CONFIDENCE) / 2;
  let below = 0;
  let low = 0;
  let high = size + 1;
  for (let successes = 0; successes <= size; successes += 1) {
    // Here below = P(B < successes).
    if (below <= tail) low = successes;
    if (1 - below <= tail) high = Math.min(high, successes);
    below += Math.exp(logBinomial(size, successes, share));
  }
  return { low, high };
}

/** ln P(B = successes) for B binomial of `size` trials. */
function logBinomial(size: number, successes: number, share: number): number {
  const ways = logFactorial(size) - logFactorial(successes) - logFactorial(size - successes);
  return ways + successes * Math.log(share) + (size - successes) * Math.log1p(-share);
}

const logFactorials = [0];

function logFactorial(value: number): number {
  for (let at = logFactorials.length; at <= value; at += 1) {
    logFactorials.push((logFactorials[at - 1] ?? 0) + Math.log(at));
  }
  return logFactorials[value] ?? 0;
}
