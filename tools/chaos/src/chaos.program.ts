#!/usr/bin/env node
import { randomInt } from 'node:crypto';
import { inspect } from 'node:util';
import { CommanderError } from 'commander';
import colors from 'picocolors';
import { readArguments } from './arguments/chaos.arguments';
import type { ChaosArguments } from './arguments/chaos.arguments';
import { randomRow } from './random/random.row';
import { shortRow } from './random/short.row';
import { ROWS } from './rows/row.list';
import { Progress } from './run/progress';
import { toTable, verdictOf } from './run/report.table';
import type { Row } from './run/row';
import { RowRunner } from './run/row.runner';
import type { RowResult } from './run/row.runner';

const EXIT_VIOLATED = 1;
const EXIT_USAGE = 2;
const EXIT_INTERRUPTED = 130;
const FRESH_SEED_MAX = 1_000_000;

async function main(): Promise<number> {
  const ids = ROWS.map(({ id }) => id);
  const options = readArguments(process.argv.slice(2), ids, randomInt(FRESH_SEED_MAX));
  const say = (text: string): boolean =>
    (options.isJson ? process.stderr : process.stdout).write(text);
  const progress = new Progress(say);
  const interruption = interruptible();
  const runner = new RowRunner({
    ...options,
    plant: {
      ...(options.leaseTtlMs !== undefined && { leaseTtlMs: options.leaseTtlMs }),
      ...(options.isCanary && { isCanary: true }),
    },
    signal: interruption,
    onProgress: (row, text) => progress.tell(row, text),
  });
  say(`seed ${options.seed}\n`);
  const results: RowResult[] = [];
  try {
    for (const row of rowsOf(options)) {
      const result = await runner.run(row);
      results.push(result);
      tellResult(say, result);
    }
  } catch (error) {
    if (!interruption.aborted) throw error;
    say('\ninterrupted\n');
  } finally {
    await runner.close();
  }
  if (options.isJson) process.stdout.write(`${JSON.stringify({ seed: options.seed, results })}\n`);
  else say(`\n${toTable(results)}\n`);
  if (interruption.aborted) return EXIT_INTERRUPTED;
  const isViolated = results.some(({ violations }) => violations.length > 0);
  return isViolated === options.isCanary ? 0 : EXIT_VIOLATED;
}

function rowsOf(options: ChaosArguments): Row[] {
  const { rows, isShort, randomSeconds } = options;
  return [
    ...ROWS.filter(({ id }) => rows.includes(id)),
    ...(isShort ? [shortRow] : []),
    ...(randomSeconds === undefined ? [] : [randomRow(randomSeconds)]),
  ];
}

/** The first Ctrl-C ends everything in order; a second one ends at once. */
function interruptible(): AbortSignal {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(EXIT_INTERRUPTED);
    controller.abort();
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, onSignal);
  return controller.signal;
}

function tellResult(say: (text: string) => void, result: RowResult): void {
  const verdict = verdictOf(result);
  const isBad = result.violations.length > 0;
  const seconds = (result.durationMs / 1_000).toFixed(0);
  say(`${colors.bold(result.id)} ${isBad ? colors.red(verdict) : verdict} after ${seconds} s\n`);
  for (const { invariant, what } of result.violations) say(colors.red(`  ${invariant}: ${what}\n`));
  for (const surprise of result.surprises) say(colors.dim(`  ${surprise}\n`));
  if (result.evidence !== undefined) {
    say(`  kept in ${result.evidence}: failure.json tells how to replay it\n`);
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : EXIT_USAGE);
    process.stderr.write(`${inspect(error)}\n`);
    process.exit(EXIT_VIOLATED);
  },
);
