import { HistoryRunner } from '../history/history.runner';
import { generatePlan } from '../history/plan.generator';
import { backendOf } from './backend.choice';
import type { JobOrder } from './campaign.command';

/** Runs the histories of one job. @param send takes each report, without its trace */
export async function runHistories(
  { args, first, stride, isUntilViolation }: JobOrder,
  send: (report: object) => Promise<void>,
): Promise<void> {
  const backend = await backendOf(args);
  try {
    for (let seed = first; seed < args.from + args.seeds; seed += stride) {
      const plan = generatePlan(seed, args.faultsMs);
      const options = { stepsMax: args.stepsMax, ...backend.options };
      const { trace: _trace, ...report } = await new HistoryRunner(plan, options).run();
      await send(report);
      if (isUntilViolation && report.violation) return;
    }
  } finally {
    await backend.close();
  }
}
