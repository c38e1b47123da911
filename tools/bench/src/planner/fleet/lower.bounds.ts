/**
 * What no assignment of whole streams can be below: the mean utilisation, and that of the
 * largest instance with nothing but the heaviest stream.
 * @param capacities of the instances that may own streams, in the unit of the weights.
 */
export function peakLowerBound(weights: Iterable<number>, capacities: readonly number[]): number {
  let total = 0;
  let heaviest = 0;
  for (const weight of weights) {
    total += weight;
    heaviest = Math.max(heaviest, weight);
  }
  const room = capacities.reduce((sum, capacity) => sum + capacity, 0);
  return Math.max(total / room, heaviest / Math.max(...capacities));
}

/**
 * The fewest streams that together weigh at least `target`: as many of the heaviest as it takes.
 * All of them when even that is not enough.
 */
export function fewestReaching(weights: Float64Array, target: number): number {
  const sorted = Float64Array.from(weights).sort();
  let sum = 0;
  let taken = 0;
  while (sum < target && taken < sorted.length) {
    taken += 1;
    sum += sorted[sorted.length - taken] as number;
  }
  return taken;
}
