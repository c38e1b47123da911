import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { readOptions, wholeFrom } from './options/option.reader';
import { Progress } from './planner/report/progress';
import { compareRates } from './rates/rate.comparison';
import type { ComparedRate, RateSample, Side } from './rates/rate.comparison';
import type { RateDocument } from './rates/rate.program';
import { count, describeMachine, print, printMachine, printTable } from './report';

const run = promisify(execFile);

const PROGRAMS = ['heartbeat', 'placement'];
/** A rate that falls below this share of what it was has got slower; less is noise here. */
const LEAST_RATIO = 0.9;
const DOES_NOT_HOLD = 1;
const WRONG_ARGUMENTS = 2;

const HELP = `npm run bench:compare -- --before=PATH [options]

Whether heartbeats and placements have got slower: runs both benchmarks against the services
of another checkout and of this one in turn, and compares each round with itself. Ends with 0 when
no rate fell below ${LEAST_RATIO} of what it was, 1 when one did, 2 for wrong arguments.

  --before=PATH  another checkout, installed and built (npm ci && npm run build)
  --rounds=3     how often each side is measured; the median counts
  --quick        short runs that judge nothing
  --json         one JSON document on stdout, and nothing else there
  --help         this text
`;

interface Options {
  readonly before: string;
  readonly rounds: number;
  readonly isQuick: boolean;
  readonly isJson: boolean;
}

async function main(args: readonly string[]): Promise<number> {
  const given = readOptions(args, {
    flags: ['quick', 'json', 'help'],
    numbers: { rounds: wholeFrom(1, 3) },
    texts: { before: problemWithCheckout },
  });
  const problems = [...given.problems];
  if (!given.has('before') && !given.has('help')) problems.push('--before is needed');
  if (problems.length > 0) {
    process.stderr.write(`${problems.join('\n')}\n\n${HELP}`);
    return WRONG_ARGUMENTS;
  }
  if (given.has('help')) {
    process.stdout.write(HELP);
    return 0;
  }
  return compare({
    before: resolve(given.text('before') ?? ''),
    rounds: given.number('rounds'),
    isQuick: given.has('quick'),
    isJson: given.has('json'),
  });
}

function problemWithCheckout(path: string): string | undefined {
  const isBuilt = existsSync(join(path, 'apps/orchestrator-api/dist/main.js'));
  return isBuilt ? undefined : `--before must be a checkout that is built, not "${path}"`;
}

async function compare(options: Options): Promise<number> {
  const progress = new Progress();
  const samples: RateSample[] = [];
  for (let round = 0; round < options.rounds; round += 1) {
    for (const program of PROGRAMS) {
      // Taking turns in going first: the machine may be warmer, or busier, later on.
      const sides: Side[] = round % 2 === 0 ? ['before', 'after'] : ['after', 'before'];
      for (const side of sides) {
        progress.say(`round ${round + 1} of ${options.rounds}: ${program}, ${side}`);
        samples.push(...(await measure(program, { side, round }, options)));
      }
    }
  }
  progress.end();
  const compared = compareRates(samples);
  const holds = compared.every(({ ratio }) => ratio >= LEAST_RATIO);
  if (options.isJson) {
    print(JSON.stringify({ machine: describeMachine(), options, holds, compared }, null, 2));
  } else printComparison(compared, options);
  return holds || options.isQuick ? 0 : DOES_NOT_HOLD;
}

async function measure(
  program: string,
  { side, round }: { readonly side: Side; readonly round: number },
  { before, isQuick }: Options,
): Promise<RateSample[]> {
  const path = join(__dirname, `${program}.bench.js`);
  const args = [path, '--json', ...(isQuick ? ['--quick'] : [])];
  const root = side === 'before' ? { WEIR_BENCH_ROOT: before } : {};
  const { stdout } = await run(process.execPath, args, { env: { ...process.env, ...root } });
  const { rates } = JSON.parse(stdout) as RateDocument;
  return Object.entries(rates).map(([name, perSecond]) => ({ name, side, round, perSecond }));
}

function printComparison(compared: readonly ComparedRate[], { rounds, isQuick }: Options): void {
  printMachine();
  print(`${rounds} rounds, both sides in each; a ratio is after / before of one round`);
  if (isQuick) print('QUICK: nothing is judged by it');
  printTable([
    ['', 'before', 'after', 'ratio, median', 'least', 'most', ''],
    ...compared.map(({ name, before, after, ratios, ratio }) => [
      name,
      count(before),
      count(after),
      ratio.toFixed(2),
      Math.min(...ratios).toFixed(2),
      Math.max(...ratios).toFixed(2),
      ratio >= LEAST_RATIO ? 'holds' : 'DOES NOT HOLD',
    ]),
  ]);
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
