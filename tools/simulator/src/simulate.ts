import { backendOf } from './cli/backend.choice';
import { campaignText, runCampaign } from './cli/campaign.command';
import { runOne, runOptions, tellViolation } from './cli/history.command';
import { compareBackends } from './cli/compare.command';
import { isAsExpected, runMutants } from './cli/mutants.command';
import { HELP, parseArguments } from './cli/simulate.arguments';
import type { SimulateArguments } from './cli/simulate.arguments';
import { HistoryRunner } from './history/history.runner';
import { generatePlan } from './history/plan.generator';

const write = (text: string): void => void process.stdout.write(text);
const tell = (text: string): void => void process.stderr.write(text);

async function main(): Promise<number> {
  const args = parseArguments(process.argv.slice(2));
  if (args.command === 'help') {
    write(HELP);
    return 0;
  }
  if (args.command === 'compare') return compareBackends(args, write);
  if (args.command === 'mutants') {
    const results = await runMutants(args, write);
    const failed = results.filter((result) => !isAsExpected(result));
    write(`${results.length - failed.length} of ${results.length} as expected\n`);
    return failed.length > 0 ? 1 : 0;
  }
  if (args.seed !== undefined || args.planFile !== undefined) return single(args);
  const { totals, wallMs } = await runCampaign(args, tell);
  write(`${campaignText(args, totals, wallMs)}\n`);
  const [first] = totals.violations;
  if (first && !args.isJson) await explain(args, first.seed);
  return totals.violations.length > 0 ? 1 : 0;
}

async function single(args: SimulateArguments): Promise<number> {
  const backend = await backendOf(args);
  try {
    return await runOne(args, runOptions(args, backend.options), write);
  } finally {
    await backend.close();
  }
}

/** The first violation, shrunk and told. */
async function explain(args: SimulateArguments, seed: number): Promise<void> {
  const backend = await backendOf(args);
  try {
    const options = runOptions(args, backend.options);
    const plan = generatePlan(seed, args.faultsMs);
    const report = await new HistoryRunner(plan, { ...options, isTraced: true }).run();
    write('\n');
    await tellViolation(report, { args, options, write });
  } finally {
    await backend.close();
  }
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    tell(`simulate: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  },
);
