import type { SeededRandom } from '../measure/seeded.random';

/**
 * How weights are drawn. equal: all 1. uniform: 1 to 4. heavy: bounded Pareto, shape 1.2, 1 to 100:
 * the heaviest hundredth has about a sixth of the load.
 */
export type WeightKind = 'equal' | 'uniform' | 'heavy';

const UNIFORM = { low: 1, high: 4 };
const HEAVY = { low: 1, high: 100, shape: 1.2 };

/** `count` weights, in the fleet's own unit. */
export function drawWeights(kind: WeightKind, count: number, random: SeededRandom): Float64Array {
  return Float64Array.from({ length: count }, () => drawWeight(kind, random));
}

function drawWeight(kind: WeightKind, random: SeededRandom): number {
  switch (kind) {
    case 'equal':
      return 1;
    case 'uniform':
      return random.between(UNIFORM.low, UNIFORM.high);
    case 'heavy':
      return boundedPareto(random.next());
  }
}

/** The inverse of the distribution function of the bounded Pareto distribution. */
function boundedPareto(share: number): number {
  const { low, high, shape } = HEAVY;
  return low / (1 - share * (1 - (low / high) ** shape)) ** (1 / shape);
}
