/** Numbers that one seed decides (mulberry32); streams of them are told apart by a name. */
export class SeededRandom {
  private state: number;

  constructor(seed: number, name = '') {
    let hash = (seed ^ 0x9e37_79b9) >>> 0;
    for (const character of name) {
      hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x0100_0193) >>> 0;
    }
    this.state = hash;
    this.next();
  }

  /** 0 (inclusive) to 1. */
  next = (): number => {
    this.state = (this.state + 0x6d2b_79f5) >>> 0;
    let mixed = this.state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };

  between(low: number, high: number): number {
    return low + this.next() * (high - low);
  }

  /** A whole number, both ends included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  happens(probability: number): boolean {
    return this.next() < probability;
  }

  /** @throws Error when there is nothing to choose from. */
  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new Error('nothing to choose from');
    return items[Math.floor(this.next() * items.length)] as T;
  }
}
