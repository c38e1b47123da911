import { median } from '../planner/measure/sample.statistics';

/** The two checkouts that are compared. */
export type Side = 'before' | 'after';

/** One rate, measured on one side in one round. */
export interface RateSample {
  readonly name: string;
  readonly side: Side;
  readonly round: number;
  readonly perSecond: number;
}

/** One rate on both sides. A ratio is after over before, of one and the same round. */
export interface ComparedRate {
  readonly name: string;
  readonly before: number;
  readonly after: number;
  readonly ratios: readonly number[];
  readonly ratio: number;
}

/**
 * Medians of both sides, and the median of the rounds' ratios: what else the machine did in one
 * round touched both sides of it.
 */
export function compareRates(samples: readonly RateSample[]): ComparedRate[] {
  const names = [...new Set(samples.map(({ name }) => name))];
  return names.map((name) => {
    const ofSide = (side: Side): RateSample[] =>
      samples.filter((sample) => sample.name === name && sample.side === side);
    const after = new Map(ofSide('after').map(({ round, perSecond }) => [round, perSecond]));
    const ratios = ofSide('before').flatMap(({ round, perSecond }) => {
      const other = after.get(round);
      return other === undefined ? [] : [other / perSecond];
    });
    return {
      name,
      before: median(ofSide('before').map(({ perSecond }) => perSecond)),
      after: median([...after.values()]),
      ratios,
      ratio: median(ratios),
    };
  });
}
