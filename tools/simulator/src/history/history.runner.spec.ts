import { INVARIANTS } from '../invariants/check.counts';
import { HistoryRunner } from './history.runner';
import { generatePlan } from './plan.generator';

/** Enough for a few seconds; the rest of the seeds is run by CI's own step. */
const FIXED_SEEDS = [1, 2, 3];

describe('histories of the real code under virtual time', () => {
  it.each(FIXED_SEEDS)('violate nothing with seed %i', async (seed) => {
    const { violation } = await new HistoryRunner(generatePlan(seed)).run();
    expect(violation).toBeUndefined();
  });

  it('are the same whenever their seed is the same', async () => {
    const tell = async () => {
      const report = await new HistoryRunner(generatePlan(4), { isTraced: true }).run();
      return { steps: report.steps, trace: report.trace, figures: report.figures };
    };
    const first = await tell();
    expect(await tell()).toEqual(first);
    expect(first.trace.length).toBeGreaterThan(50);
  });

  it('look at every invariant', async () => {
    const { checks } = await new HistoryRunner(generatePlan(5)).run();
    const unseen = INVARIANTS.filter((name) => name !== 'I11' && checks[name] === 0);
    expect(unseen).toEqual([]);
  });
});
