import { SeededRandom } from './seeded.random';

describe('seeded random numbers', () => {
  it('are the same for the same seed, and others for another', () => {
    const draw = (seed: number): number[] => {
      const random = new SeededRandom(seed);
      return Array.from({ length: 5 }, () => random.next());
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  it('are evenly spread over 0 to 1', () => {
    const random = new SeededRandom(1);
    const tenths = new Array<number>(10).fill(0);
    for (let at = 0; at < 100_000; at++) tenths[Math.floor(10 * random.next())]! += 1;
    for (const count of tenths) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });

  it('choose different numbers within the limit', () => {
    const random = new SeededRandom(3);
    for (let at = 0; at < 100; at++) {
      const chosen = random.choose(6, 8);
      expect(new Set(chosen).size).toBe(6);
      expect(Math.min(...chosen)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...chosen)).toBeLessThan(8);
    }
  });
});
