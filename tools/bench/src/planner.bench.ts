import type { BarContext } from './planner/bars/bar';
import { BARS } from './planner/bars/bar.list';
import { comparePeers } from './planner/bars/peer.comparison';
import { runPart } from './planner/parts/part.runner';
import { HELP, parseArguments, PEERS_NAME } from './planner/report/bench.options';
import type { BenchOptions } from './planner/report/bench.options';
import { allHold } from './planner/report/bench.report';
import type { BenchReport, MeasuredBar } from './planner/report/bench.report';
import { toDocument } from './planner/report/json.report';
import { Progress } from './planner/report/progress';
import { printReport } from './planner/report/table.report';
import { print } from './report';

/** Exit codes beside 0: a bar does not hold, or the arguments are wrong. */
const DOES_NOT_HOLD = 1;
const WRONG_ARGUMENTS = 2;

/** The bars of the planner. @returns the exit code. */
async function main(args: readonly string[]): Promise<number> {
  const parsed = parseArguments(args);
  switch (parsed.kind) {
    case 'help':
      process.stdout.write(HELP);
      return 0;
    case 'faulty':
      for (const problem of parsed.problems) process.stderr.write(`${problem}\n`);
      process.stderr.write(`\n${HELP}`);
      return WRONG_ARGUMENTS;
    case 'run': {
      const report = await measure(parsed.options);
      if (parsed.options.isJson) print(JSON.stringify(toDocument(report, parsed.options), null, 2));
      else printReport(report, parsed.options);
      return allHold(report, parsed.options.scale) ? 0 : DOES_NOT_HOLD;
    }
  }
}

async function measure({ only, runs, warmUps, seed, scale }: BenchOptions): Promise<BenchReport> {
  const progress = new Progress();
  const contextOf = (title: string): BarContext => ({
    runs: { runs, warmUps },
    seed,
    scale,
    runPart: (name, order) => {
      progress.say(`${title}: ${name} ${JSON.stringify(order)}`);
      return runPart(name, order);
    },
  });
  const bars: MeasuredBar[] = [];
  for (const bar of BARS.filter(({ number }) => only.has(String(number)))) {
    bars.push({ bar, result: await bar.measure(contextOf(`bar ${bar.number}`)) });
  }
  const comparison = only.has(PEERS_NAME) ? await comparePeers(contextOf(PEERS_NAME)) : undefined;
  progress.end();
  return { bars, ...(comparison !== undefined && { comparison }) };
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = DOES_NOT_HOLD;
  },
);
