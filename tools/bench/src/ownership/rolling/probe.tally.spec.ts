import { tallyProbes } from './probe.tally';
import type { ProbeOutcome } from './probe.tally';

const right = { isFirstRight: true, isSecondRight: false };
const second = { isFirstRight: false, isSecondRight: true };
const wrong = { isFirstRight: false, isSecondRight: false };

function asked(streamId: string, atMs: number, outcome: typeof right): ProbeOutcome {
  return { streamId, atMs, ...outcome };
}

describe('what a client was answered', () => {
  it('counts what failed at first and what failed after looking again', () => {
    const outcomes = [right, second, wrong, right].map((outcome, at) => asked('1', at, outcome));
    expect(tallyProbes(outcomes)).toMatchObject({ asked: 4, failedFirst: 2, failedTwice: 1 });
  });

  it('measures each unbroken failure of a stream until its next right answer', () => {
    const figures = tallyProbes([
      asked('1', 0, wrong),
      asked('2', 5, wrong),
      asked('1', 30, wrong),
      asked('1', 50, second),
      asked('2', 55, right),
      asked('1', 70, wrong),
      asked('1', 90, right),
    ]);
    expect(figures.failuresMs).toEqual([50, 50, 20]);
    expect(figures.stillFailing).toEqual([]);
  });

  it('goes by when it was asked, also when a wrong answer took longer than a right one', () => {
    const outcomes = [asked('1', 500, right), asked('1', 0, wrong), asked('1', 900, right)];
    expect(tallyProbes(outcomes).failuresMs).toEqual([500]);
  });

  it('names a stream that never came back', () => {
    expect(tallyProbes([asked('7', 1, wrong)])).toMatchObject({
      failuresMs: [],
      stillFailing: ['7'],
    });
  });
});
