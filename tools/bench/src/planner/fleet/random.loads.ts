import type { SeededRandom } from '../measure/seeded.random';

/**
 * `count` loads that sum to `total`, the largest at most `ratioMax` times the smallest: each drawn
 * evenly between 1 and `ratioMax`, then scaled.
 */
export function drawLoads(
  { count, total, ratioMax }: { count: number; total: number; ratioMax: number },
  random: SeededRandom,
): Float64Array {
  const drawn = Float64Array.from({ length: count }, () => random.between(1, ratioMax));
  const sum = drawn.reduce((all, one) => all + one, 0);
  return drawn.map((one) => (one * total) / sum);
}
