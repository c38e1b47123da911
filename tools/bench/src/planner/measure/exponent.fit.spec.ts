import { fitExponent } from './exponent.fit';

const SIZES = [1e4, 3e4, 1e5, 3e5, 1e6];

function exponentOf(ms: (size: number) => number): number {
  return fitExponent(SIZES.map((size) => ({ size, ms: ms(size) })));
}

describe('the fitted exponent', () => {
  it('finds the power, whatever the factor', () => {
    expect(exponentOf((size) => 0.001 * size)).toBeCloseTo(1, 10);
    expect(exponentOf((size) => 7 * size ** 1.5)).toBeCloseTo(1.5, 10);
    expect(exponentOf(() => 3)).toBeCloseTo(0, 10);
  });

  it('lets n log n through the bar of 1.15 and n to the 1.2 not', () => {
    expect(exponentOf((size) => size * Math.log(size))).toBeLessThan(1.15);
    expect(exponentOf((size) => size ** 1.2)).toBeGreaterThan(1.15);
  });

  it('has no figure for one size', () => {
    expect(fitExponent([{ size: 10, ms: 1 }])).toBeNaN();
  });
});
