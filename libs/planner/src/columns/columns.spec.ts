import * as fc from 'fast-check';
import { computeUnitsPerOne, toLimitUnits, toUnits } from './fixed.point';
import { compareIds } from './id.order';
import { permuteBySeed } from './seeded.random';

describe('quantities in whole units', () => {
  it('add up to the same in every order, and leave nothing behind when taken away', () => {
    const amounts = fc.array(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(amounts, (some) => {
        const perOne = computeUnitsPerOne(Math.max(...some), some.length);
        const units = some.map((amount) => toUnits(amount, perOne));
        const sum = units.reduce((total, one) => total + one, 0);
        expect(Number.isSafeInteger(2 * sum)).toBe(true);
        expect([...units].reverse().reduce((total, one) => total + one, 0)).toBe(sum);
        expect(units.reduce((rest, one) => rest - one, sum)).toBe(0);
      }),
    );
  });

  it('let ten times a tenth fit into one', () => {
    const perOne = computeUnitsPerOne(0.1, 10);
    expect(10 * toUnits(0.1, perOne)).toBeLessThanOrEqual(toLimitUnits(1, perOne));
    expect(10 * toUnits(0.1, perOne) + toUnits(0.001, perOne)).toBeGreaterThan(
      toLimitUnits(1, perOne),
    );
  });
});

describe('ids', () => {
  it('compare as numbers where they are, and before all others', () => {
    const sorted = ['9', '10', '200', '007', 'a', 'b'];
    expect([...sorted].reverse().sort(compareIds)).toEqual(sorted);
  });

  it('have one total order', () => {
    const id = fc.oneof(fc.string(), fc.nat().map(String));
    fc.assert(
      fc.property(id, id, id, (a, b, c) => {
        expect(Math.sign(compareIds(a, b))).toBe(-Math.sign(compareIds(b, a)) + 0);
        if (compareIds(a, b) <= 0 && compareIds(b, c) <= 0) {
          expect(compareIds(a, c)).toBeLessThanOrEqual(0);
        }
      }),
    );
  });
});

describe('ties', () => {
  it('fall by a permutation that the seed alone decides', () => {
    fc.assert(
      fc.property(fc.nat(50), fc.integer(), (count, seed) => {
        const rank = permuteBySeed(count, seed);
        expect([...rank].sort((a, b) => a - b)).toEqual([...Array(count).keys()]);
        expect(permuteBySeed(count, seed)).toEqual(rank);
      }),
    );
  });
});
