import { findHandoffGaps } from './handoff.gaps';
import { runOf } from './run.intervals.test-support';

describe('gaps of handoffs', () => {
  it('counts until the new owner was told, and until it had the stream under way', () => {
    const gaps = findHandoffGaps([runOf('b', 130, 400, { underWayMs: 190 }), runOf('a', 0, 100)]);
    expect(gaps).toEqual([
      {
        streamId: '1',
        fromServerId: 'a',
        toServerId: 'b',
        exclusive: true,
        atNs: 100_000_000n,
        ownerGapMs: 30,
        serviceGapMs: 90,
      },
    ]);
  });

  it('is below 0 while both run it', () => {
    const shared = { exclusive: false };
    const runs = [runOf('a', 0, 500, shared), runOf('b', 100, 900, { ...shared, underWayMs: 300 })];
    expect(findHandoffGaps(runs)).toMatchObject([
      { ownerGapMs: -400, serviceGapMs: -200, atNs: 100_000_000n },
    ]);
  });

  it('knows no gap after a run that goes on, nor one within an instance', () => {
    expect(findHandoffGaps([runOf('a', 0, undefined), runOf('b', 50, 60)])).toEqual([]);
    expect(findHandoffGaps([runOf('a', 0, 10), runOf('a', 20, 30, { epoch: 2 })])).toEqual([]);
  });

  it('takes each stream for itself, and every change of its owner', () => {
    const other = { streamId: '2' };
    const runs = [
      runOf('a', 0, 10),
      runOf('b', 15, 20),
      runOf('a', 27, 30),
      runOf('a', 0, 12, other),
      runOf('c', 13, 30, other),
    ];
    const found = findHandoffGaps(runs).map(({ streamId, ownerGapMs }) => [streamId, ownerGapMs]);
    expect(found).toEqual([
      ['2', 1],
      ['1', 5],
      ['1', 7],
    ]);
  });
});
