import fc from 'fast-check';
import { RoundSchedule } from './round.schedule';
import type { RoundEnd } from './round.schedule';

const INTERVAL = 1_000;

describe('when rounds run', () => {
  let schedule: RoundSchedule;
  beforeEach(() => {
    schedule = new RoundSchedule(0);
    schedule.maybeStart(0);
  });

  it('comes again by cadence', () => {
    schedule.end({ kind: 'done' }, INTERVAL, 50);
    expect(schedule.nextStartAt).toBe(1_050);
    expect(schedule.maybeStart(1_049)).toBe(false);
    expect(schedule.maybeStart(1_050)).toBe(true);
  });

  it('runs at once on a doorbell', () => {
    schedule.end({ kind: 'done' }, INTERVAL, 50);
    schedule.ring(60);
    expect(schedule.maybeStart(60)).toBe(true);
  });

  it('runs once more, and only once, after a round during which it rang many times', () => {
    for (let at = 1; at < 40; at += 1) schedule.ring(at);
    expect(schedule.maybeStart(40)).toBe(false);
    schedule.end({ kind: 'done' }, INTERVAL, 50);
    expect(schedule.maybeStart(50)).toBe(true);
    schedule.end({ kind: 'done' }, INTERVAL, 60);
    expect(schedule.nextStartAt).toBe(1_060);
  });

  it('looks again when a waiting stream is due, but never later than the cadence', () => {
    schedule.end({ kind: 'done', dueInMs: 300 }, INTERVAL, 50);
    expect(schedule.nextStartAt).toBe(350);
    schedule.maybeStart(350);
    schedule.end({ kind: 'done', dueInMs: 60_000 }, INTERVAL, 400);
    expect(schedule.nextStartAt).toBe(1_400);
  });

  it('tries a doorbell again soon while another replica has the turn', () => {
    schedule.end({ kind: 'done' }, INTERVAL, 0);
    schedule.ring(0);
    const delays: number[] = [];
    let now = 0;
    for (let attempt = 0; attempt < 7; attempt += 1) {
      expect(schedule.maybeStart(now)).toBe(true);
      schedule.end({ kind: 'turn-taken' }, INTERVAL, now);
      delays.push(schedule.nextStartAt! - now);
      now = schedule.nextStartAt!;
    }
    expect(delays).toEqual([10, 20, 40, 80, 160, 200, 200]);
  });

  it('leaves the cadence to the replica that has the turn', () => {
    schedule.end({ kind: 'turn-taken' }, INTERVAL, 0);
    expect(schedule.nextStartAt).toBe(INTERVAL);
  });

  it('keeps a doorbell that a failed round could not answer', () => {
    schedule.ring(1);
    schedule.end({ kind: 'failed' }, INTERVAL, 10);
    expect(schedule.nextStartAt).toBe(1_010);
    schedule.maybeStart(1_010);
    schedule.end({ kind: 'turn-taken' }, INTERVAL, 1_011);
    expect(schedule.nextStartAt).toBe(1_021);
  });

  it('starts a round after every ring, within the cadence at the latest, whatever happens', () => {
    const ends: RoundEnd[] = [
      { kind: 'done' },
      { kind: 'done', dueInMs: 30 },
      { kind: 'turn-taken' },
      { kind: 'failed' },
    ];
    const steps = fc.array(
      fc.record({
        ms: fc.nat(400),
        what: fc.constantFrom('ring' as const, 'end' as const, 'wait' as const),
        end: fc.constantFrom(...ends),
      }),
      { maxLength: 80 },
    );
    const property = fc.property(steps, (list) => {
      const tested = new RoundSchedule(0);
      let now = 0;
      let isRunning = tested.maybeStart(now);
      let rungAt: number | undefined;
      for (const { ms, what, end } of list) {
        now += ms;
        if (what === 'ring') {
          tested.ring(now);
          rungAt ??= now;
        }
        if (what === 'end' && isRunning) {
          tested.end(end, INTERVAL, now);
          isRunning = false;
          expect(tested.nextStartAt! - now).toBeLessThanOrEqual(INTERVAL);
          if (rungAt !== undefined && end.kind === 'done') expect(tested.nextStartAt).toBe(now);
        }
        if (tested.maybeStart(now)) {
          expect(isRunning).toBe(false);
          isRunning = true;
          rungAt = undefined;
        }
      }
    });
    fc.assert(property, { numRuns: 1_000 });
  });
});
