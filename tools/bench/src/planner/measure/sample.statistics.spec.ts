import { average, median, percentile } from './sample.statistics';

describe('statistics of samples', () => {
  it('takes the middle value, whatever the order', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([100, 20, 3])).toBe(20);
  });

  it('takes the mean of the two middle values of an even number', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  it('gives as percentile the smallest value that enough values do not exceed', () => {
    const values = Array.from({ length: 1_000 }, (_unused, at) => 1_000 - at);
    expect(percentile(values, 0.5)).toBe(500);
    expect(percentile(values, 0.9)).toBe(900);
    expect(percentile(values, 0.95)).toBe(950);
    expect(percentile(values, 1)).toBe(1_000);
    expect(percentile([7, 3], 0.5)).toBe(3);
    expect(percentile([7, 3], 0.51)).toBe(7);
  });

  it('has no figure without values', () => {
    expect(median([])).toBeNaN();
    expect(percentile([], 0.5)).toBeNaN();
    expect(average([])).toBeNaN();
  });

  it('does not change what it is given', () => {
    const values = [3, 1, 2];
    median(values);
    percentile(values, 0.5);
    expect(values).toEqual([3, 1, 2]);
  });
});
