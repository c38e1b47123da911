import fc from 'fast-check';
import { isMassLoss, MassLossBrake } from './mass-loss.brake';
import type { LossPicture } from './mass-loss.brake';

const RULE = { massLossPercent: 40, massLossMin: 3, massLossHoldMs: 30_000 };
const CALM: LossPicture = { candidates: 0, overdue: 0, live: 10, lostRecently: 0 };
const MASSIVE: LossPicture = { candidates: 1, overdue: 5, live: 10, lostRecently: 0 };

describe('the brake on mass loss', () => {
  it.each([
    ['40 of 100 is not more than 40 percent', { ...CALM, overdue: 40, live: 100 }, false],
    ['41 of 100 is', { ...CALM, overdue: 41, live: 100 }, true],
    ['2 of 2 is below the least number', { ...CALM, overdue: 2, live: 2 }, false],
    ['3 of 3 is not', { ...CALM, overdue: 3, live: 3 }, true],
    ['those lost just before count too', { ...CALM, overdue: 1, live: 6, lostRecently: 4 }, true],
  ])('%s', (_name, picture, expected) => {
    expect(isMassLoss(picture, RULE)).toBe(expected);
  });

  it('engages only when somebody would really be taken over', () => {
    const brake = new MassLossBrake();
    expect(brake.assess({ ...MASSIVE, candidates: 0 }, RULE, 0)).toBe('free');
    expect(brake.assess(MASSIVE, RULE, 0)).toBe('held');
  });

  it('holds once for one loss: what follows within the same loss is not held again', () => {
    const brake = new MassLossBrake();
    expect(brake.assess(MASSIVE, RULE, 0)).toBe('held');
    expect(brake.endsAt(RULE)).toBe(30_000);
    expect(brake.assess(MASSIVE, RULE, 29_999)).toBe('held');
    expect(brake.assess(MASSIVE, RULE, 30_000)).toBe('free');
    expect(brake.assess({ ...MASSIVE, lostRecently: 4 }, RULE, 31_000)).toBe('free');
    expect(brake.assess(CALM, RULE, 60_000)).toBe('free');
    expect(brake.assess(MASSIVE, RULE, 61_000)).toBe('held');
  });

  it('never holds longer than massLossHoldMs without a calm moment, whatever it sees', () => {
    const pictures = fc.array(
      fc.record({
        ms: fc.nat(5_000),
        picture: fc.record({
          candidates: fc.nat(10),
          overdue: fc.nat(10),
          live: fc.integer({ min: 10, max: 20 }),
          lostRecently: fc.nat(5),
        }),
      }),
      { maxLength: 60 },
    );
    const property = fc.property(pictures, (list) => {
      const brake = new MassLossBrake();
      let now = 0;
      let massiveSince: number | undefined;
      for (const { ms, picture } of list) {
        now += ms;
        if (!isMassLoss(picture, RULE)) massiveSince = undefined;
        else if (picture.candidates > 0) massiveSince ??= now;
        const verdict = brake.assess(picture, RULE, now);
        if (massiveSince === undefined) expect(verdict).toBe('free');
        else expect(verdict).toBe(now - massiveSince < RULE.massLossHoldMs ? 'held' : 'free');
      }
    });
    fc.assert(property);
  });
});
