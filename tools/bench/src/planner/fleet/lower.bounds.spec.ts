import { fewestReaching, peakLowerBound } from './lower.bounds';

describe('the lower bound of the peak', () => {
  it('is the mean utilisation when no stream is heavier', () => {
    expect(peakLowerBound([1, 2, 3, 2], [10, 10])).toBeCloseTo(0.4, 12);
  });

  it('is that of the heaviest stream alone on the largest instance when that is more', () => {
    expect(peakLowerBound([1, 9, 1, 1], [10, 10, 10])).toBeCloseTo(0.9, 12);
    expect(peakLowerBound([1, 9, 1, 1], [10, 30, 10])).toBeCloseTo(0.3, 12);
  });
});

describe('the fewest streams that reach a target', () => {
  it('are the heaviest ones', () => {
    expect(fewestReaching(Float64Array.of(1, 5, 2, 4), 9)).toBe(2);
    expect(fewestReaching(Float64Array.of(1, 5, 2, 4), 9.5)).toBe(3);
    expect(fewestReaching(Float64Array.of(1, 5, 2, 4), 0)).toBe(0);
  });

  it('are all of them when they do not reach it', () => {
    expect(fewestReaching(Float64Array.of(1, 1), 5)).toBe(2);
  });
});
