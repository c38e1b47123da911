import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HistoryPlan } from '../history/history.plan';
import { HistoryRunner } from '../history/history.runner';
import type { HistoryOptions, HistoryReport } from '../history/history.runner';
import { formatTrace } from '../history/history.trace';
import { generatePlan } from '../history/plan.generator';
import { PlanShrinker } from '../history/plan.shrinker';
import type { SimulateArguments } from './simulate.arguments';

/** How a history is run, beside its plan. */
export function runOptions(args: SimulateArguments, more: HistoryOptions = {}): HistoryOptions {
  return { stepsMax: args.stepsMax, ...more };
}

/** The plan that the arguments name. */
export function planOf(args: SimulateArguments): HistoryPlan {
  if (args.planFile === undefined) return generatePlan(args.seed ?? args.from, args.faultsMs);
  return JSON.parse(readFileSync(args.planFile, 'utf8')) as HistoryPlan;
}

/** Runs one history and tells of it. @returns the exit code. */
export async function runOne(
  args: SimulateArguments,
  options: HistoryOptions,
  write: (text: string) => void,
): Promise<number> {
  const plan = planOf(args);
  const report = await new HistoryRunner(plan, { ...options, isTraced: true }).run();
  if (args.isJson) {
    write(`${JSON.stringify(report, null, 2)}\n`);
    return report.violation ? 1 : 0;
  }
  if (args.isTraced && !report.violation) write(`${formatTrace(report.trace)}\n`);
  if (report.violation) await tellViolation(report, { args, options, write });
  else write(`seed ${plan.seed}: nothing was violated in ${report.steps} steps\n`);
  return report.violation ? 1 : 0;
}

/** Shrinks a violation, writes its plan into a file, and prints its trace. */
export async function tellViolation(
  report: HistoryReport,
  how: {
    readonly args: SimulateArguments;
    readonly options: HistoryOptions;
    readonly write: (text: string) => void;
  },
): Promise<void> {
  const { violation, plan } = report;
  if (!violation) return;
  const { args, options, write } = how;
  write(
    `seed ${plan.seed}: ${violation.invariant} at ${violation.atMs} ms: ${violation.message}\n`,
  );
  write(`replay: npm run simulate -- --seed ${plan.seed}${flagsOf(args)}\n`);
  if (!args.isShrinking) return write(`${formatTrace(report.trace)}\n`);
  const shrinker = new PlanShrinker(async (candidate) => {
    const tried = await new HistoryRunner(candidate, options).run();
    return tried.violation?.invariant === violation.invariant;
  });
  const short = await shrinker.shrink(plan);
  const file = join(tmpdir(), `weir-simulate-${plan.seed}.json`);
  writeFileSync(file, JSON.stringify(short, null, 2));
  const told = await new HistoryRunner(short, { ...options, isTraced: true }).run();
  const left = `${short.incidents.length} of ${plan.incidents.length} incidents are left`;
  write(`shrunk (${left}): npm run simulate -- --plan ${file} --no-shrink\n\n`);
  write(`${formatTrace(told.trace)}\n`);
}

function flagsOf(args: SimulateArguments): string {
  const steps = args.stepsMax === undefined ? '' : ` --steps ${args.stepsMax}`;
  const faults = args.faultsMs === 30_000 ? '' : ` --faults ${args.faultsMs}`;
  return `${args.isPostgres ? ' --postgres' : ''}${steps}${faults}`;
}
