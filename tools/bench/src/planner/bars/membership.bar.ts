import type { WeightKind } from '../fleet/weight.draw';
import type { JoinFigures } from '../parts/join.part';
import type { LossFigures } from '../parts/loss.part';
import { scaled } from './bar';
import type { Bar, Check } from './bar';
import { MeasureLog } from './measure.log';
import { timeCheck } from './time.check';

const MS_MAX = 80;

/** The new instance has reached the mean when it is this close to it. Ratio. */
const SHARE_MIN = 0.99;

const KINDS: readonly { readonly kind: WeightKind; readonly name: string }[] = [
  { kind: 'equal', name: 'equal weights' },
  { kind: 'uniform', name: 'weights 1 to 4' },
];

export const membershipBar: Bar = {
  number: 4,
  title: 'one instance of 10,000 joins / is lost (500,000 streams, settled)',
  measure: async (context) => {
    const log = new MeasureLog(context);
    const checks: Check[] = [];
    for (const { kind, name } of KINDS) {
      const order = {
        streams: scaled(context, 500_000),
        instances: scaled(context, 10_000, 2),
        weights: kind,
        seed: context.seed,
        ...context.runs,
      };
      checks.push(...checkJoin(`${name}, joins`, kind, await log.run('join', order)));
      checks.push(...checkLoss(`${name}, lost`, await log.run('loss', order)));
    }
    return { checks, measured: log.measured };
  },
};

/**
 * With equal weights an even count, rounded down, is the minimum as well, as it is for Kafka's
 * assignors, though it is more than a hundredth below the mean. With unequal weights the minimum is
 * as many of the heaviest streams as reach the mean.
 */
function checkJoin(name: string, kind: WeightKind, figures: JoinFigures): Check[] {
  const { samplesMs, fewestMoves, evenCount } = figures;
  const isEqual = kind === 'equal';
  const atLeast = isEqual ? Math.min(fewestMoves, evenCount) : fewestMoves;
  const isFull = figures.shareOfNew >= SHARE_MIN || (isEqual && figures.movesToNew >= evenCount);
  return [
    timeCheck(`${name}: time`, samplesMs, MS_MAX),
    {
      name: `${name}: moves to the new one`,
      figure: figures.movesToNew,
      unit: '',
      atLeast,
      atMost: isEqual ? Math.max(fewestMoves, evenCount) : fewestMoves,
    },
    {
      name: `${name}: moves between old ones`,
      figure: figures.movesElsewhere,
      unit: '',
      atMost: 0,
    },
    {
      name: `${name}: load of the new one / mean`,
      figure: figures.shareOfNew,
      unit: '',
      ...(!isFull && { atLeast: SHARE_MIN }),
    },
    restCheck(name, figures),
  ];
}

function checkLoss(name: string, figures: LossFigures): Check[] {
  const { samplesMs, ownStreams } = figures;
  return [
    timeCheck(`${name}: time`, samplesMs, MS_MAX),
    {
      name: `${name}: steps for its streams`,
      figure: figures.stepsForOwn,
      unit: '',
      atLeast: ownStreams,
      atMost: ownStreams,
    },
    {
      name: `${name}: streams of it placed`,
      figure: figures.ownStreamsPlaced,
      unit: '',
      atLeast: ownStreams,
    },
    { name: `${name}: steps for others`, figure: figures.stepsForOthers, unit: '', atMost: 0 },
    restCheck(name, figures),
  ];
}

/** The fleet was at rest before, and came to rest after. */
function restCheck(
  name: string,
  { wasSettled, isSettled }: { readonly wasSettled: boolean; readonly isSettled: boolean },
): Check {
  const restless = Number(!wasSettled) + Number(!isSettled);
  return { name: `${name}: plans that never end`, figure: restless, unit: '', atMost: 0 };
}
