import type { JournalLine } from '../instance/journal.line';
import { checkCheckpoints } from './checkpoint.check';

function line(kind: 'begun' | 'ended', epoch: number, seq: number): JournalLine {
  return { at: '1', kind, streamId: '1', epoch, seq };
}

function check(...lines: JournalLine[]): string[] {
  const journals = [{ writer: 'a', serverId: 'a', lines, endedNs: undefined }];
  return checkCheckpoints(journals).map(({ what }) => what);
}

describe('I3 of checkpoints', () => {
  it('holds when each owner begins where one before it ended', () => {
    const lost = line('begun', 3, 40);
    expect(check(line('begun', 1, 0), line('ended', 1, 40), line('begun', 2, 40), lost)).toEqual(
      [],
    );
  });

  it('is violated by a checkpoint that is older than the one before', () => {
    const lines = [line('begun', 1, 0), line('ended', 1, 40), line('begun', 2, 40)];
    expect(check(...lines, line('begun', 3, 0))).toEqual([expect.stringContaining('begins at 0')]);
  });

  it('holds for an older one from a restored database, in its new generation', () => {
    const lines = [line('begun', 1, 0), line('ended', 1, 40), line('begun', 2, 40)];
    expect(check(...lines, line('begun', 2 ** 40 + 2, 0))).toEqual([]);
  });

  it('is violated by a checkpoint that nobody handed on', () => {
    expect(check(line('begun', 1, 7))).toEqual([expect.stringContaining('from nobody')]);
  });
});
