import { SeededRandom } from '@weir/testing';
import { CutCoverage, operationOf } from './cut.coverage';
import type { CutPoint } from './cut.coverage';

const point = (operation: string): CutPoint => ({
  application: 'balancer-worker',
  moment: 'unsent',
  operation,
});

describe('where connections are cut', () => {
  it('gives every place that was seen its turn before any has a second one', () => {
    const coverage = new CutCoverage(new SeededRandom(1));
    const places = ['a', 'b', 'c'].map(point);
    for (const place of places) expect(coverage.isChosen(place)).toBe(false);
    const cut: string[] = [];
    for (let turn = 0; turn < 6; turn += 1) {
      coverage.choose();
      cut.push(...places.filter((place) => coverage.isChosen(place)).map((p) => p.operation));
    }
    expect(cut.slice(0, 3).sort()).toEqual(['a', 'b', 'c']);
    expect(cut.slice(3).sort()).toEqual(['a', 'b', 'c']);
    expect(coverage).toMatchObject({ cutCount: 3, seenCount: 3, operationCount: 3 });
  });

  it('cuts once for each choice, and lets a place rest that does not come up', () => {
    const coverage = new CutCoverage(new SeededRandom(1));
    expect(coverage.choose()).toBeUndefined();
    coverage.isChosen(point('a'));
    coverage.choose();
    expect(coverage.isChosen(point('a'))).toBe(true);
    expect(coverage.isChosen(point('a'))).toBe(false);
    coverage.isChosen(point('b'));
    expect(coverage.choose()).toEqual(point('b'));
    coverage.giveUp();
    expect(coverage.isChosen(point('b'))).toBe(false);
  });

  it('prefers what was said just now', () => {
    let nowMs = 10_000;
    const coverage = new CutCoverage(new SeededRandom(1), () => nowMs);
    coverage.isChosen(point('rare'));
    nowMs += 60_000;
    coverage.isChosen(point('usual'));
    for (let turn = 0; turn < 3; turn += 1) {
      expect(coverage.choose()).toEqual(point('usual'));
      coverage.isChosen(point('usual'));
    }
  });

  it('tells COMMITs apart by what they commit', () => {
    const statement = {
      connection: 1,
      text: 'commit',
      transaction: ['begin', 'update a', 'notify'],
    };
    expect(operationOf(statement)).toBe('commit after notify');
    expect(operationOf({ ...statement, text: 'update a' })).toBe('update a');
  });
});
