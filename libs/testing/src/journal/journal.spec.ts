import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findDoubleRuns, findGaps, quantile } from './journal.check';
import { readIntervals } from './journal.reader';
import type { RunInterval } from './journal.reader';

const MS = 1_000_000n;

function run(serverId: string, fromMs: number, toMs: number | undefined, more = {}): RunInterval {
  return {
    serverId,
    streamId: '1',
    epoch: 1,
    exclusive: true,
    startedNs: BigInt(fromMs) * MS,
    endedNs: toMs === undefined ? undefined : BigInt(toMs) * MS,
    ...more,
  };
}

describe('the check of journals', () => {
  it('finds a stream that ran on two instances at once, even for a millisecond', () => {
    const doubles = findDoubleRuns([run('b', 99, 200), run('a', 0, 100)]);
    expect(doubles).toMatchObject([{ streamId: '1', overlapMs: 1 }]);
  });

  it('finds an overlap with an owner that never stopped', () => {
    expect(
      findDoubleRuns([run('a', 0, undefined), run('b', 50, 60), run('c', 70, 80)]),
    ).toHaveLength(2);
  });

  it('accepts runs that follow one another, other streams, and streams that are not exclusive', () => {
    expect(findDoubleRuns([run('a', 0, 100), run('b', 100, 200)])).toEqual([]);
    expect(findDoubleRuns([run('a', 0, 100), run('b', 50, 200, { streamId: '2' })])).toEqual([]);
    const shared = { exclusive: false };
    expect(findDoubleRuns([run('a', 0, 100, shared), run('b', 50, 200, shared)])).toEqual([]);
  });

  it('measures the gap between owners, and one that never ended', () => {
    const gaps = findGaps([run('a', 0, 100), run('b', 140, 150)], 200n * MS);
    expect(gaps).toMatchObject([
      { fromServerId: 'a', toServerId: 'b', gapMs: 40 },
      { fromServerId: 'b', toServerId: undefined, gapMs: 50 },
    ]);
    expect(findGaps([run('a', 0, undefined)], 200n * MS)).toEqual([]);
  });
});

describe('reading a journal', () => {
  it('ends what ran at the time of a kill, ignores a line that the kill cut off, and goes on after it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'weir-journal-'));
    const path = join(folder, 'a.jsonl');
    const line = (at: number, kind: string, epoch: number): string =>
      JSON.stringify({ at: String(BigInt(at) * MS), kind, streamId: '1', epoch, exclusive: true });
    writeFileSync(path, `${line(1, 'started', 1)}\n${line(9, 'started', 2)}\n{"at":"9`);
    const intervals = readIntervals({ serverId: 'a', path, killedNs: [5n * MS] });
    expect(intervals.map(({ epoch, endedNs }) => [epoch, endedNs])).toEqual([
      [1, 5n * MS],
      [2, undefined],
    ]);
    rmSync(folder, { recursive: true });
  });

  it('knows when a handler had a stream under way', () => {
    const folder = mkdtempSync(join(tmpdir(), 'weir-journal-'));
    const path = join(folder, 'a.jsonl');
    const line = (at: number, kind: string, more: object): string =>
      JSON.stringify({ at: String(BigInt(at) * MS), kind, ...more });
    const lines = [
      line(1, 'started', { streamId: '1', epoch: 1 }),
      line(2, 'started', { streamId: '2', epoch: 1 }),
      line(4, 'assignmentStarted', { streamId: '1' }),
      line(6, 'stopped', { streamId: '1', epoch: 1 }),
      line(7, 'started', { streamId: '1', epoch: 3 }),
      line(9, 'assignmentStarted', { streamId: '1' }),
    ];
    writeFileSync(path, lines.join('\n'));
    const intervals = readIntervals({ serverId: 'a', path, killedNs: [] });
    const found = intervals.map(({ streamId, epoch, underWayNs }) => [streamId, epoch, underWayNs]);
    expect(found).toEqual([
      ['1', 1, 4n * MS],
      ['2', 1, undefined],
      ['1', 3, 9n * MS],
    ]);
    rmSync(folder, { recursive: true });
  });
});

it('takes the nearest rank as quantile', () => {
  expect(quantile([5, 1, 3], 0.99)).toBe(5);
  expect(quantile([1, 2, 3, 4], 0.5)).toBe(2);
  expect(quantile([], 0.5)).toBe(0);
});
