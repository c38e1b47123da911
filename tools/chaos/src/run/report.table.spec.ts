import { RecoveryTable } from './recovery.table';
import { toTable, verdictOf } from './report.table';
import type { RowResult } from './row.runner';

function result(more: Partial<RowResult>): RowResult {
  return {
    id: 'P1',
    fault: 'a restart',
    expected: '',
    repetitions: 2,
    durationMs: 1,
    recoveries: [],
    figures: [],
    violations: [],
    surprises: [],
    skipped: undefined,
    evidence: undefined,
    ...more,
  };
}

describe('the table of a run', () => {
  it('shows what was measured beside its target', () => {
    const times = new RecoveryTable();
    for (const ms of [10, 30, 20]) times.add('writes again', ms, 25);
    times.figure('refused', 2);
    times.figure('refused', 3);
    const table = toTable([
      result({ recoveries: times.lines(), figures: times.figureLines() }),
    ]).replaceAll(/ +/g, ' ');
    expect(table.split('\n')).toEqual([
      '| row | fault / measured | n | p50 | max | target | verdict |',
      expect.stringContaining('---'),
      '| P1 | a restart | 2 | | | | held, target missed |',
      '| | - writes again | 3 | 20 ms | 30 ms | 25 ms | missed |',
      '| | - refused | 5 | | | | |',
    ]);
  });

  it('tells a violation from a missed target, and what was skipped', () => {
    expect(verdictOf(result({}))).toBe('held');
    expect(verdictOf(result({ violations: [{ invariant: 'I1', what: '' }] }))).toBe('VIOLATED');
    expect(verdictOf(result({ skipped: 'no clock' }))).toBe('skipped: no clock');
  });
});
