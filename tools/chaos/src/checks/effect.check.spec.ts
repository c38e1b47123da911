import type { RunInterval } from '@weir/testing';
import { EpochRegister } from '../sink/register';
import type { SinkEntry, SinkWrite } from '../sink/sink.protocol';
import { EffectCheck } from './effect.check';

function authority(serverId: string, epoch: number, fromNs: bigint, endNs: bigint): RunInterval {
  const stretch = { startedNs: fromNs, endedNs: endNs };
  return { serverId, streamId: '1', epoch, exclusive: true, ...stretch };
}

const write = (epoch: number, sentNs: number, isExclusive = true): SinkWrite => ({
  streamId: '1',
  epoch,
  seq: 1,
  isExclusive,
  sentNs: String(sentNs),
});

function check(intervals: RunInterval[], entries: readonly SinkEntry[]): string[] {
  const effects = new EffectCheck(intervals);
  for (const entry of entries) effects.take(entry);
  return effects.violations().map(({ what }) => what);
}

describe('the register of the sink', () => {
  it('refuses an older epoch, and accepts everything of a stream that is not exclusive', () => {
    const register = new EpochRegister();
    const take = (writes: SinkWrite[]) =>
      register.take({ writer: 'a', writes }, 5n).map(({ isAccepted }) => isAccepted);
    expect(take([write(2, 1), write(1, 1), write(2, 1)])).toEqual([true, false, true]);
    expect(take([write(1, 1, false)])).toEqual([true]);
    expect(register.list()).toMatchObject([{ streamId: '1', epoch: 1, writer: 'a' }]);
  });
});

describe('I1e', () => {
  const both = [authority('a', 1, 0n, 100n), authority('b', 2, 100n, 200n)];
  const entry = (writer: string, epoch: number, sentNs: number, isAccepted = true): SinkEntry => ({
    ...write(epoch, sentNs),
    writer,
    isAccepted,
    atNs: String(sentNs),
  });

  it('holds for owners that follow one another, and for a late effect that is refused', () => {
    const entries = [entry('a', 1, 50), entry('b', 2, 150), entry('a', 1, 99, false)];
    expect(check(both, entries)).toEqual([]);
  });

  it('is violated by an accepted effect of an older epoch', () => {
    const entries = [entry('b', 2, 150), entry('a', 1, 99)];
    expect(check(both, entries)).toEqual([expect.stringContaining('was accepted after 2')]);
  });

  it('is violated by two writers of one epoch', () => {
    const same = [authority('a', 1, 0n, 100n), authority('b', 1, 100n, 200n)];
    expect(check(same, [entry('a', 1, 50), entry('b', 1, 150)])).toEqual([
      expect.stringContaining('used by a and by b'),
    ]);
  });

  it('is violated by an effect that was sent after the deadline, even when it is refused', () => {
    expect(check(both, [entry('a', 1, 101, false)])).toEqual([
      expect.stringContaining('without authority'),
    ]);
  });
});
