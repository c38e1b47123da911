import { loadavg } from 'node:os';
import { Progress } from '../../planner/report/progress';
import { count, describeMachine, print, printMachine, printTable } from '../../report';
import { allHold, summarize } from './bench.result';
import type { BenchResult, MeasuredRow } from './bench.result';
import { helpOf, parseRun } from './ownership.options';
import type { RunOptions, SizeOptions } from './ownership.options';

const FAILED = 1;
const WRONG_ARGUMENTS = 2;

/** A benchmark of ownership: what it measures, and what can be chosen. */
export interface OwnershipProgram<N extends string> {
  /** As in `npm run bench:NAME`. */
  readonly name: string;
  /** What it measures, for the help. */
  readonly about: string;
  readonly sizes: SizeOptions<N>;
  measure(options: RunOptions<N>, progress: Progress): Promise<BenchResult>;
}

/** Runs a benchmark with the arguments of this process, and sets the exit code. */
export function runProgram<N extends string>(program: OwnershipProgram<N>): void {
  carryOut(program, process.argv.slice(2)).then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      process.exitCode = FAILED;
    },
  );
}

async function carryOut<N extends string>(
  program: OwnershipProgram<N>,
  args: readonly string[],
): Promise<number> {
  const parsed = parseRun(args, program.sizes);
  const help = helpOf(program, program.sizes);
  switch (parsed.kind) {
    case 'help':
      process.stdout.write(help);
      return 0;
    case 'faulty':
      for (const problem of parsed.problems) process.stderr.write(`${problem}\n`);
      process.stderr.write(`\n${help}`);
      return WRONG_ARGUMENTS;
    case 'run': {
      const { options } = parsed;
      const progress = new Progress();
      const result = await program.measure(options, progress);
      progress.end();
      if (options.isJson) print(JSON.stringify(toDocument(program.name, result, options), null, 2));
      else printResult(result, options.isQuick);
      return allHold(result, options.isQuick) ? 0 : FAILED;
    }
  }
}

function printResult(result: BenchResult, isQuick: boolean): void {
  printMachine();
  print(`load of the machine over the last 5 minutes, this included: ${loadText()}`);
  if (isQuick) print('QUICK: too few values for p99, and aims are not judged');
  printTable([
    ['', 'n', 'p50 ms', 'p99 ms', 'max ms', 'p99 is, with 95 %'],
    ...result.rows.map(toCells),
  ]);
  for (const note of result.notes) print(note);
  for (const { text, holds } of result.claims)
    print(`${holds ? 'holds' : 'DOES NOT HOLD'}: ${text}`);
}

function loadText(): string {
  return (loadavg()[1] ?? 0).toFixed(1);
}

function toCells(row: MeasuredRow): string[] {
  const { name, n, p50, p99, max, p99Bounds } = summarize(row);
  if (n === 0) return [name, '0', '', '', '', ''];
  return [name, count(n), timeText(p50), timeText(p99), timeText(max), boundsText(p99Bounds)];
}

/** Milliseconds with one digit after the point where that says something. */
function timeText(ms: number): string {
  return Math.abs(ms) < 100 ? ms.toFixed(1) : count(ms);
}

function boundsText(bounds: readonly (number | undefined)[] | undefined): string {
  if (bounds === undefined) return '';
  const [low, high] = bounds;
  if (low === undefined) return 'unknown: too few';
  return `${timeText(low)} to ${high === undefined ? 'unknown' : timeText(high)}`;
}

function toDocument<N extends string>(
  name: string,
  result: BenchResult,
  options: RunOptions<N>,
): object {
  return {
    benchmark: name,
    date: new Date().toISOString(),
    machine: describeMachine(),
    options,
    holds: allHold(result, options.isQuick),
    rows: result.rows.map((row) => ({ ...summarize(row), values: row.values })),
    notes: result.notes,
    figures: result.figures,
    claims: result.claims,
  };
}
