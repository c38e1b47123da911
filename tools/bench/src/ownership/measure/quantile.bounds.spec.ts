import { computeQuantile } from './quantile.bounds';

const upTo = (size: number): number[] => Array.from({ length: size }, (_unused, at) => size - at);

describe('a quantile with its bounds', () => {
  it('is a value that occurred, by nearest rank', () => {
    expect(computeQuantile([5, 1, 3], 0.99).value).toBe(5);
    expect(computeQuantile(upTo(200), 0.99).value).toBe(198);
    expect(computeQuantile(upTo(4), 0.5).value).toBe(2);
    expect(computeQuantile([], 0.5)).toEqual({
      value: Number.NaN,
      low: undefined,
      high: undefined,
    });
  });

  it('has the ranks of the binomial distribution as bounds', () => {
    // Tables for the median of 10 and of 100 values: ranks 2 and 9, 40 and 61.
    expect(computeQuantile(upTo(10), 0.5)).toEqual({ value: 5, low: 2, high: 9 });
    expect(computeQuantile(upTo(100), 0.5)).toEqual({ value: 50, low: 40, high: 61 });
  });

  it('has no upper bound for p99 before 368 values', () => {
    // 0.99^n <= 0.025 first holds for n = 368: fewer may all lie below the true p99.
    expect(computeQuantile(upTo(367), 0.99).high).toBeUndefined();
    expect(computeQuantile(upTo(368), 0.99).high).toBe(368);
    expect(computeQuantile(upTo(2_000), 0.99).high).toBeLessThan(2_000);
  });

  it('has no lower bound without enough values', () => {
    expect(computeQuantile([7], 0.5)).toEqual({ value: 7, low: undefined, high: undefined });
    expect(computeQuantile(upTo(6), 0.5)).toEqual({ value: 3, low: 1, high: 6 });
  });

  it('holds the true quantile about as often as it says', () => {
    let state = 1;
    const draw = (): number => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    };
    let held = 0;
    for (let trial = 0; trial < 1_000; trial += 1) {
      const values = Array.from({ length: 50 }, draw);
      const { low = 0, high = 1 } = computeQuantile(values, 0.9);
      if (low <= 0.9 && 0.9 <= high) held += 1;
    }
    expect(held).toBeGreaterThan(935);
    expect(held).toBeLessThan(1_000);
  });

  it('copes with many values', () => {
    const { value, low = 0, high = 0 } = computeQuantile(upTo(20_000), 0.99);
    expect([low < value, value < high, value]).toEqual([true, true, 19_800]);
  });
});
