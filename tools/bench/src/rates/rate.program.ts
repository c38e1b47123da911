import { readOptions } from '../options/option.reader';
import { describeMachine, print } from '../report';

/** Options of a benchmark that measures rates. */
export interface RateOptions {
  readonly isQuick: boolean;
  readonly isJson: boolean;
}

export interface RateProgram {
  readonly name: string;
  readonly about: string;
  measure(options: RateOptions): Promise<void>;
}

/** What such a benchmark prints with --json: each rate by its name, more is better. */
export interface RateDocument {
  readonly benchmark: string;
  readonly machine: object;
  readonly rates: Readonly<Record<string, number>>;
  readonly measured: object;
}

const WRONG_ARGUMENTS = 2;

/** Runs a benchmark with the arguments of this process, and sets the exit code. */
export function runRateProgram({ name, about, measure }: RateProgram): void {
  const given = readOptions(process.argv.slice(2), {
    flags: ['quick', 'json', 'help'],
    numbers: {},
  });
  const help = `npm run bench:${name} -- [--quick] [--json] [--help]\n\n${about}\n`;
  if (given.problems.length > 0) {
    process.stderr.write(`${given.problems.join('\n')}\n\n${help}`);
    process.exitCode = WRONG_ARGUMENTS;
  } else if (given.has('help')) process.stdout.write(help);
  else {
    measure({ isQuick: given.has('quick'), isJson: given.has('json') }).catch((error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      process.exitCode = 1;
    });
  }
}

export function printRates(
  benchmark: string,
  rates: Readonly<Record<string, number>>,
  measured: object,
): void {
  const document: RateDocument = { benchmark, machine: describeMachine(), rates, measured };
  print(JSON.stringify(document, null, 2));
}
