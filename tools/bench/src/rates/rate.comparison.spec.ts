import { compareRates } from './rate.comparison';
import type { RateSample, Side } from './rate.comparison';

function sample(side: Side, round: number, perSecond: number, name = 'heartbeats'): RateSample {
  return { name, side, round, perSecond };
}

describe('rates of two checkouts', () => {
  it('are compared round by round, so that a slow round does not count against one side', () => {
    const compared = compareRates([
      sample('before', 0, 1_000),
      sample('after', 0, 1_100),
      sample('after', 1, 440),
      sample('before', 1, 400),
      sample('before', 2, 1_000),
      sample('after', 2, 900),
    ]);
    expect(compared).toEqual([
      { name: 'heartbeats', before: 1_000, after: 900, ratios: [1.1, 1.1, 0.9], ratio: 1.1 },
    ]);
  });

  it('leave out a round that only one side has', () => {
    const compared = compareRates([
      sample('before', 0, 10),
      sample('before', 1, 20),
      sample('after', 1, 10),
    ]);
    expect(compared).toMatchObject([{ ratios: [0.5], ratio: 0.5 }]);
  });

  it('are kept apart by their names', () => {
    const compared = compareRates([
      sample('before', 0, 10, 'a'),
      sample('after', 0, 20, 'a'),
      sample('before', 0, 10, 'b'),
      sample('after', 0, 5, 'b'),
    ]);
    expect(compared.map(({ name, ratio }) => [name, ratio])).toEqual([
      ['a', 2],
      ['b', 0.5],
    ]);
  });
});
