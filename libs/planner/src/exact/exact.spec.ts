import * as fc from 'fast-check';
import { countMoves, findFewestMoves } from './fewest.moves';
import { findLowestPeak } from './lowest.peak';
import type { SmallProblem } from './small.problem';
import { peakOf } from './small.problem';

/** Every assignment, one after the other: what the searches are held against. */
function* listAssignments(problem: SmallProblem): Generator<Int32Array> {
  const { instanceCount, streamCount } = problem;
  for (let code = 0; code < instanceCount ** streamCount; code++) {
    yield Int32Array.from({ length: streamCount }, (_, stream) => {
      return Math.floor(code / instanceCount ** stream) % instanceCount;
    });
  }
}

function isPossible(problem: SmallProblem, homes: Int32Array): boolean {
  const { instanceCount, isAllowed, freeSlots, demand, free, dimensionCount } = problem;
  const slots = [...freeSlots];
  const room = [...free];
  for (const [stream, home] of homes.entries()) {
    if (isAllowed[stream * instanceCount + home] === 0) return false;
    if (problem.homes[stream] === home) continue;
    slots[home]! -= 1;
    for (let dimension = 1; dimension < dimensionCount; dimension++) {
      room[home * dimensionCount + dimension]! -= demand[stream * dimensionCount + dimension]!;
    }
  }
  return slots.every((left) => left >= 0) && room.every((left) => left > -1e-9);
}

const aProblem: fc.Arbitrary<SmallProblem> = fc
  .record({
    instanceCount: fc.integer({ min: 1, max: 3 }),
    streamCount: fc.integer({ min: 1, max: 6 }),
  })
  .chain(({ instanceCount, streamCount }) => {
    const each = (count: number, min: number, max: number): fc.Arbitrary<number[]> =>
      fc.array(fc.integer({ min, max }), { minLength: count, maxLength: count });
    return fc
      .record({
        base: each(instanceCount * 2, 0, 20),
        share: each(instanceCount * 2, 10, 40),
        demand: each(streamCount * 2, 0, 12),
        homes: each(streamCount, 0, instanceCount - 1),
        isAllowed: each(streamCount * instanceCount, 0, 3),
        isFree: each(streamCount, 0, 1),
        free: each(instanceCount * 2, 0, 30),
        freeSlots: each(instanceCount, 0, 4),
        cost: each(streamCount, 0, 5),
      })
      .map((parts): SmallProblem => {
        const isAllowed = parts.isAllowed.map((is, at) => {
          const isHome = parts.homes[Math.floor(at / instanceCount)] === at % instanceCount;
          return is > 0 || isHome ? 1 : 0;
        });
        return {
          dimensionCount: 2,
          instanceCount,
          streamCount,
          base: Float64Array.from(parts.base),
          share: Float64Array.from(parts.share),
          demand: Float64Array.from(parts.demand),
          homes: Int32Array.from(parts.homes),
          isAllowed: Uint8Array.from(isAllowed),
          isFree: Uint8Array.from(parts.isFree),
          free: Float64Array.from(parts.free),
          freeSlots: Int32Array.from(parts.freeSlots),
          cost: Float64Array.from(parts.cost),
        };
      });
  });

describe('solving a small group exactly', () => {
  it('finds the lowest peak of all assignments that its limits allow', () => {
    fc.assert(
      fc.property(aProblem, (problem) => {
        const found = findLowestPeak(problem, 0);
        const possible = [...listAssignments(problem)].filter((it) => isPossible(problem, it));
        const lowest = Math.min(...possible.map((it) => peakOf(problem, it)));
        expect(found.peak).toBeCloseTo(lowest, 6);
        expect(peakOf(problem, found.homes)).toBeCloseTo(found.peak, 6);
        expect(isPossible(problem, found.homes)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('reaches it with the fewest moves, of those the cheapest', () => {
    fc.assert(
      fc.property(aProblem, (problem) => {
        const { peak, homes } = findLowestPeak(problem, 0);
        const found = findFewestMoves(problem, peak, homes).homes;
        const costOf = (it: Int32Array): number =>
          it.reduce((sum, home, stream) => {
            const isMove = home !== problem.homes[stream] && problem.isFree[stream] === 0;
            return sum + (isMove ? problem.cost[stream]! : 0);
          }, 0);
        const good = [...listAssignments(problem)].filter((it) => {
          return isPossible(problem, it) && peakOf(problem, it) <= peak * (1 + 1e-8);
        });
        const fewest = Math.min(...good.map((it) => countMoves(problem, it)));
        expect(peakOf(problem, found)).toBeLessThanOrEqual(peak * (1 + 1e-8));
        expect(countMoves(problem, found)).toBe(fewest);
        const cheapest = good.filter((it) => countMoves(problem, it) === fewest).map(costOf);
        expect(costOf(found)).toBe(Math.min(...cheapest));
      }),
      { numRuns: 300 },
    );
  });

  it('is content with a peak that is low enough', () => {
    fc.assert(
      fc.property(aProblem, (problem) => {
        const asIs = peakOf(problem, problem.homes);
        expect([...findLowestPeak(problem, asIs).homes]).toEqual([...problem.homes]);
      }),
    );
  });
});
