import type { WeightKind } from '../fleet/weight.draw';
import { scaled } from './bar';
import type { Bar, BarContext, Check } from './bar';
import { MeasureLog } from './measure.log';
import { timeCheck } from './time.check';

const MS_MAX = 150;
const PEAK_MAX = 1.005;
const KINDS: readonly { readonly kind: WeightKind; readonly name: string }[] = [
  { kind: 'uniform', name: 'weights 1 to 4' },
  { kind: 'heavy', name: 'weights with a heavy tail' },
];

export const coldBar: Bar = {
  number: 1,
  title: 'cold, 500,000 streams of unequal weight on 10,000 instances',
  measure: async (context) => {
    const log = new MeasureLog(context);
    const checks: Check[] = [];
    for (const { kind, name } of KINDS)
      checks.push(...(await measureKind(log, context, kind, name)));
    return { checks, measured: log.measured };
  },
};

async function measureKind(
  log: MeasureLog,
  context: BarContext,
  kind: WeightKind,
  name: string,
): Promise<Check[]> {
  const figures = await log.run('cold', {
    streams: scaled(context, 500_000),
    instances: scaled(context, 10_000),
    weights: kind,
    seed: context.seed,
    ...context.runs,
  });
  return [
    timeCheck(`${name}: time`, figures.samplesMs, MS_MAX),
    { name: `${name}: peak / mean`, figure: figures.peakToMean, unit: '', atMost: PEAK_MAX },
    { name: `${name}: unplaced`, figure: figures.unplaced, unit: '', atMost: 0 },
  ];
}
