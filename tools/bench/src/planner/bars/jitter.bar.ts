import type { JitterFigures } from '../parts/jitter.part';
import { scaled } from './bar';
import type { Bar } from './bar';
import { MeasureLog } from './measure.log';

const FLEET = { streams: 1_000, instances: 20 };

/** The bar is about an idle fleet, where a band in shares of the mean is next to nothing. */
const IDLE = 0.05;
/** Beside it: a busy fleet, where the relative band is what holds. */
const BUSY = 0.6;

export const jitterBar: Bar = {
  number: 8,
  title: 'settled fleet, loads jitter by 1 % for 1,000 rounds at 5 % utilisation',
  measure: async (context) => {
    const log = new MeasureLog(context);
    const order = { ...FLEET, rounds: scaled(context, 1_000), seed: context.seed };
    const idle = await log.run('jitter', { ...order, utilisation: IDLE });
    const busy = await log.run('jitter', { ...order, utilisation: BUSY });
    return {
      checks: [
        { name: 'moves', figure: stepsOf(idle), unit: '', atMost: 0 },
        { name: 'never at rest', figure: Number(!idle.wasSettled), unit: '', atMost: 0 },
        { name: 'moves at 60 % utilisation', figure: stepsOf(busy), unit: '' },
      ],
      measured: log.measured,
    };
  },
};

function stepsOf({ steps }: JitterFigures): number {
  return steps.reduce((sum, count) => sum + count, 0);
}
