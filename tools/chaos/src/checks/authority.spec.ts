import type { JournalLine } from '../instance/journal.line';
import type { ProcessJournal } from '../plant/instance.member';
import { checkAuthority } from './authority.check';
import { authorityOf } from './authority.intervals';
import { findLeaseWindows } from './lease.windows';

const MS = 1_000_000n;
const NOW_NS = 1_000n * MS;

function line(atMs: number, kind: string, more: Partial<JournalLine> = {}): JournalLine {
  return { at: String(BigInt(atMs) * MS), kind, ...more };
}

function lease(atMs: number, untilMs: number): JournalLine {
  return line(atMs, 'lease', { untilNs: String(BigInt(untilMs) * MS) });
}

const stream = { streamId: '1', epoch: 1, exclusive: true };

function journal(writer: string, lines: JournalLine[], endedMs?: number): ProcessJournal {
  const endedNs = endedMs === undefined ? undefined : BigInt(endedMs) * MS;
  return { writer, serverId: writer, lines, endedNs };
}

function stretches(of: ProcessJournal): number[][] {
  return authorityOf(of, NOW_NS).map(({ startedNs, endedNs }) => [
    Number(startedNs / MS),
    Number((endedNs ?? 0n) / MS),
  ]);
}

describe('windows of a lease', () => {
  it('grow with each renewal, end when it is lost, and begin again when it is late', () => {
    const windows = findLeaseWindows([
      lease(0, 100),
      lease(50, 150),
      line(150, 'leaseLost'),
      lease(300, 400),
      line(320, 'fenced'),
    ]);
    expect(windows).toEqual([
      { fromNs: 0n, untilNs: 150n * MS },
      { fromNs: 300n * MS, untilNs: 320n * MS },
    ]);
  });

  it('do not cover the time between an end that nobody noted and a late renewal', () => {
    expect(findLeaseWindows([lease(0, 100), lease(200, 300)])).toHaveLength(2);
  });
});

describe('the authority of a process', () => {
  it('is what it ran, as far as its lease was good', () => {
    const paused = [lease(0, 100), line(10, 'started', stream), line(500, 'stopped', stream)];
    expect(stretches(journal('a', paused))).toEqual([[10, 100]]);
  });

  it('ends with the process, and goes on while it lives', () => {
    const running = [lease(0, 9_000), line(10, 'started', stream)];
    expect(stretches(journal('a', running, 70))).toEqual([[10, 70]]);
    expect(stretches(journal('a', running))).toEqual([[10, 1_000]]);
  });

  it('lasts beyond the lease by the autonomy of the stream', () => {
    const lines = [
      lease(0, 100),
      line(10, 'started', stream),
      line(11, 'begun', { ...stream, autonomyMs: 50 }),
    ];
    expect(stretches(journal('a', lines))).toEqual([[10, 150]]);
    const renewed = [...lines, line(100, 'leaseLost'), lease(140, 200)];
    expect(stretches(journal('a', renewed))).toEqual([[10, 250]]);
  });
});

describe('I1', () => {
  const first = journal('a', [lease(0, 100), line(10, 'started', stream)]);
  const second = (atMs: number): ProcessJournal =>
    journal('b', [lease(atMs - 5, 900), line(atMs, 'started', { ...stream, epoch: 2 })]);
  const check = (...journals: ProcessJournal[]) =>
    checkAuthority(journals.flatMap((each) => authorityOf(each, NOW_NS)));

  it('holds when the second starts after the deadline of the first, whatever that one noted', () => {
    expect(check(first, second(100))).toEqual([]);
  });

  it('is violated when it starts a millisecond earlier', () => {
    expect(check(first, second(99))).toMatchObject([{ invariant: 'I1' }]);
  });
});
