import { sumOf } from '../fleet/constraint.checker';
import type { ConstrainedFigures } from '../parts/constrained.part';
import { scaled } from './bar';
import type { Bar, Check } from './bar';
import { MeasureLog } from './measure.log';
import { timeCheck } from './time.check';

const MS_MAX = 400;

/** Zones matter only to streams of a spread group: the second line has some. Ratio. */
const SPREAD_SHARE = 0.1;

export const constrainedBar: Bar = {
  number: 3,
  title: 'case 1 with 3 zones, 5 label groups and 3 resources',
  measure: async (context) => {
    const log = new MeasureLog(context);
    const order = {
      streams: scaled(context, 500_000),
      instances: scaled(context, 10_000, 15),
      seed: context.seed,
      ...context.runs,
    };
    const plain = await log.run('constrained', { ...order, spreadShare: 0 });
    const spread = await log.run('constrained', { ...order, spreadShare: SPREAD_SHARE });
    const prefix = 'a tenth in spread groups of 3: ';
    return {
      checks: [
        timeCheck('time', plain.samplesMs, MS_MAX),
        ...promises('', plain),
        { name: 'peak / mean, hottest resource', figure: plain.peakToMean, unit: '' },
        timeCheck(`${prefix}time`, spread.samplesMs),
        ...promises(prefix, spread),
      ],
      measured: log.measured,
    };
  },
};

/** No violation is allowed anywhere, however long it takes. */
function promises(prefix: string, { violations }: ConstrainedFigures): Check[] {
  const { unplaced } = violations;
  const broken = sumOf(violations) - unplaced;
  return [
    { name: `${prefix}violations`, figure: broken, unit: '', atMost: 0 },
    { name: `${prefix}unplaced`, figure: unplaced, unit: '', atMost: 0 },
  ];
}
