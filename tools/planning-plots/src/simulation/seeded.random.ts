/**
 * Numbers from 0 to 1 that depend on the seed alone: a linear congruential generator with the
 * constants of Numerical Recipes (ranqd1). Only whole numbers below 2^53 are involved, so that the
 * same bytes come out on every machine.
 */
export class SeededRandom {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
    for (let warm = 0; warm < 8; warm++) this.next();
  }

  /** 0 <= x < 1, in steps of 2^-32. */
  next(): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#state / 2 ** 32;
  }

  /** Nearly normal, mean 0, deviation 1: four even numbers added, which needs no logarithm. */
  nextNormal(): number {
    const sum = this.next() + this.next() + this.next() + this.next();
    return (sum - 2) * Math.sqrt(3);
  }
}
