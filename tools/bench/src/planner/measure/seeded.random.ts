const RANGE = 2 ** 32;

/**
 * Pseudo-random numbers that are the same on every machine: the generator sfc32 of PractRand, its
 * state filled from the seed by splitmix32.
 */
export class SeededRandom {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  /** @param seed any integer; each gives another sequence. */
  constructor(seed: number) {
    const fill = splitmix(seed);
    this.a = fill();
    this.b = fill();
    this.c = fill();
    // The first numbers still show the seed.
    for (let at = 0; at < 12; at++) this.next();
  }

  /** In [0, 1). */
  next(): number {
    const sum = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = ((this.c << 21) | (this.c >>> 11)) + sum;
    this.c |= 0;
    return (sum >>> 0) / RANGE;
  }

  /** In [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  /** A whole number in 0 .. limit - 1. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** `count` different whole numbers of 0 .. limit - 1, in random order. */
  choose(count: number, limit: number): number[] {
    const all = Array.from({ length: limit }, (_unused, at) => at);
    for (let at = 0; at < count; at++) {
      const other = at + this.below(limit - at);
      [all[at], all[other]] = [all[other] as number, all[at] as number];
    }
    return all.slice(0, count);
  }
}

function splitmix(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return mixed ^ (mixed >>> 15);
  };
}
