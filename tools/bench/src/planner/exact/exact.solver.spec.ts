import { SeededRandom } from '../measure/seeded.random';
import { countMoved, drawExactCase, isAllowed, peakOf } from './exact.case';
import type { ExactCase } from './exact.case';
import { ExactSolver } from './exact.solver';
import { fewestMovesBySearch, lowestPeakBySearch } from './exhaustive.search.test-support';

const fleet: ExactCase = {
  capacities: [10, 10],
  weights: [6, 5, 4, 3],
  owners: [0, 0, 1, -1],
  regions: ['eu', 'us'],
  requires: [undefined, undefined, undefined, undefined],
};

function smallCases(count: number): ExactCase[] {
  const random = new SeededRandom(11);
  const cases: ExactCase[] = [];
  while (cases.length < count) {
    const drawn = drawExactCase(random);
    if (drawn.capacities.length ** drawn.weights.length <= 20_000) cases.push(drawn);
  }
  return cases;
}

describe('the exact solver', () => {
  it('agrees with trying every assignment', async () => {
    const solver = await ExactSolver.load();
    const cases = smallCases(60);
    for (const drawn of cases) {
      const lowest = lowestPeakBySearch(drawn);
      expect(solver.lowestPeak(drawn)).toBeCloseTo(lowest, 9);
      const peakMax = lowest * 1.05;
      expect(solver.fewestMoves(drawn, peakMax)).toBe(fewestMovesBySearch(drawn, peakMax));
    }
    expect(solver.solved).toBe(2 * cases.length);
  });

  it('finds the lowest peak and what it takes to get there', async () => {
    const solver = await ExactSolver.load();
    expect(solver.lowestPeak(fleet)).toBeCloseTo(0.9, 9);
    expect(solver.fewestMoves(fleet, 0.9)).toBe(1);
    expect(solver.fewestMoves(fleet, 1.1)).toBe(0);
  });

  it('counts a stream that its labels forbid where it is as a move', async () => {
    const solver = await ExactSolver.load();
    const labelled = { ...fleet, requires: ['us', undefined, undefined, undefined] };
    expect(solver.fewestMoves(labelled, 2)).toBe(1);
  });
});

describe('a drawn case', () => {
  it('has room and an allowed instance for every stream', () => {
    for (const drawn of smallCases(50)) {
      for (const stream of drawn.weights.keys()) {
        expect(drawn.capacities.some((_unused, at) => isAllowed(drawn, stream, at))).toBe(true);
      }
      expect(Math.min(...drawn.capacities)).toBeGreaterThanOrEqual(drawn.weights.length);
    }
  });

  it('is measured by its hottest instance, and by who left an owner', () => {
    expect(peakOf(fleet, [0, 1, 1, 0])).toBeCloseTo(0.9, 12);
    expect(countMoved(fleet, [0, 1, 1, 0])).toBe(1);
    expect(countMoved(fleet, [1, 1, 0, 0])).toBe(3);
  });
});
