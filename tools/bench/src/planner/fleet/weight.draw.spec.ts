import { SeededRandom } from '../measure/seeded.random';
import { drawLoads } from './random.loads';
import { drawWeights } from './weight.draw';

describe('drawn weights', () => {
  it('stay within their bounds', () => {
    const uniform = drawWeights('uniform', 10_000, new SeededRandom(1));
    expect(Math.min(...uniform)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...uniform)).toBeLessThanOrEqual(4);
    const heavy = drawWeights('heavy', 10_000, new SeededRandom(1));
    expect(Math.min(...heavy)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...heavy)).toBeLessThanOrEqual(100);
  });

  it('have a heavy tail: the heaviest hundredth has about a sixth of the load', () => {
    const heavy = drawWeights('heavy', 100_000, new SeededRandom(1)).sort();
    const sum = (values: Float64Array): number => values.reduce((all, one) => all + one, 0);
    expect(sum(heavy.slice(-1_000)) / sum(heavy)).toBeCloseTo(1 / 6, 1);
  });

  it('sum to the total asked for, within the ratio asked for', () => {
    const order = { count: 128, total: 300, ratioMax: 4 };
    const loads = drawLoads(order, new SeededRandom(1));
    expect(loads.reduce((all, one) => all + one, 0)).toBeCloseTo(300, 9);
    expect(Math.max(...loads) / Math.min(...loads)).toBeLessThanOrEqual(4);
  });
});
