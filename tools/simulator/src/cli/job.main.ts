import { HistoryRunner } from '../history/history.runner';
import { generatePlan } from '../history/plan.generator';
import type { JobOrder } from './campaign.command';
import { backendOf } from './backend.choice';

/** Runs the histories of one job and sends each to the process that asked for them. */
async function main(): Promise<void> {
  const order = JSON.parse(process.argv[2] ?? '') as JobOrder;
  const { args, first, stride } = order;
  const backend = await backendOf(args);
  try {
    for (let seed = first; seed < args.from + args.seeds; seed += stride) {
      const plan = generatePlan(seed, args.faultsMs);
      const options = { stepsMax: args.stepsMax, ...backend.options };
      const { trace: _trace, ...report } = await new HistoryRunner(plan, options).run();
      await send(report);
    }
  } finally {
    await backend.close();
  }
  process.disconnect();
}

function send(message: object): Promise<void> {
  return new Promise((resolve, reject) => {
    process.send?.(message, (error: Error | null) => (error ? reject(error) : resolve()));
  });
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
