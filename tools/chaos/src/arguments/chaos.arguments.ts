import { Command, InvalidArgumentError } from 'commander';

/** What the command line asks for. */
export interface ChaosArguments {
  /** Ids of rows, in the order of the fault matrix; `all`. */
  readonly rows: readonly string[];
  /** Seconds of random faults; undefined for none. */
  readonly randomSeconds: number | undefined;
  readonly isShort: boolean;
  readonly isFull: boolean;
  readonly seed: number;
  readonly repetitions: number | undefined;
  readonly leaseTtlMs: number | undefined;
  readonly isJson: boolean;
  readonly isKept: boolean;
  /** Instances that are broken on purpose: the run is good when that is found. */
  readonly isCanary: boolean;
}

interface Parsed {
  readonly rows?: string;
  readonly all?: boolean;
  readonly random?: number;
  readonly short?: boolean;
  readonly full?: boolean;
  readonly seed?: number;
  readonly repeat?: number;
  readonly leaseTtl?: number;
  readonly json?: boolean;
  readonly keep?: boolean;
  readonly canary?: boolean;
}

/** What CI runs, always with the same choices. */
export const SHORT_SEED = 1;
const SEED_MAX = 2 ** 31 - 1;
const REPETITIONS_MAX = 500;
const RANDOM_SECONDS_MAX = 86_400;
const LEASE_MIN_MS = 3_000;
const LEASE_MAX_MS = 60_000;

/**
 * Reads the command line.
 * @param known ids of all rows.
 * @param freshSeed what to use when no seed is given.
 * @throws CommanderError for wrong usage and for --help.
 */
export function readArguments(
  argv: readonly string[],
  known: readonly string[],
  freshSeed: number,
): ChaosArguments {
  const command = createCommand(known);
  command.exitOverride().parse([...argv], { from: 'user' });
  const parsed = command.opts<Parsed>();
  const rows = parsed.all === true ? known : findRows(command, parsed.rows, known);
  const isShort = parsed.short === true;
  if (rows.length === 0 && parsed.random === undefined && !isShort) {
    command.error('error: say what to run: --rows P1,W3, --all, --random 600 or --short');
  }
  return {
    rows,
    isShort,
    randomSeconds: parsed.random,
    isFull: parsed.full === true,
    seed: parsed.seed ?? (isShort ? SHORT_SEED : freshSeed),
    repetitions: parsed.repeat,
    leaseTtlMs: parsed.leaseTtl,
    isJson: parsed.json === true,
    isKept: parsed.keep === true,
    isCanary: parsed.canary === true,
  };
}

function createCommand(known: readonly string[]): Command {
  return new Command('npm run chaos --')
    .description(
      'The fault test with real processes: the whole of Weir on this machine, every connection\n' +
        'through a proxy of ours, faults injected, and journals, sink and database checked after.',
    )
    .option('--rows <ids>', `rows of the fault matrix, comma separated: ${known.join(', ')}`)
    .option('--all', 'every row')
    .option('--random <seconds>', 'random faults for so long, two at once sometimes', seconds)
    .option('--short', 'the short form that CI runs: at most 90 s, always the same choices')
    .option('--full', 'the long version of each row: longer pauses, more repetitions')
    .option('--seed <n>', 'the same choices as another run (default: a fresh one)', seed)
    .option('--repeat <n>', 'repetitions of each row, instead of its own number', repetitions)
    .option('--lease-ttl <ms>', 'lease of the fleet, where the row does not need its own', lease)
    .option('--json', 'one JSON document on stdout, and progress on stderr')
    .option('--keep', 'keep the folder with logs and journals even when everything holds')
    .option('--canary', 'break the instances on purpose: ends with 0 when the checks find it')
    .addHelpText('after', HELP_AFTER);
}

const HELP_AFTER = `
Ends with 0 when every invariant and every claim held (a target that was missed is told and is no
failure), 1 when one did not, 2 for wrong usage, 130 after Ctrl-C, which ends every process.
After a failure everything is kept in a folder, whose path is printed with a command to replay.`;

function findRows(command: Command, text: string | undefined, known: readonly string[]): string[] {
  const asked = (text ?? '').split(',').filter((id) => id !== '');
  const ids = asked.map((id) => id.trim().toUpperCase());
  const unknown = ids.filter((id) => !known.includes(id));
  if (unknown.length > 0) {
    command.error(`error: there is no row ${unknown.join(', ')}; there are ${known.join(', ')}`);
  }
  return known.filter((id) => ids.includes(id));
}

const seconds = (text: string): number => readWhole(text, 1, RANDOM_SECONDS_MAX);
const seed = (text: string): number => readWhole(text, 0, SEED_MAX);
const repetitions = (text: string): number => readWhole(text, 1, REPETITIONS_MAX);
const lease = (text: string): number => readWhole(text, LEASE_MIN_MS, LEASE_MAX_MS);

function readWhole(text: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < least || value > most) {
    throw new InvalidArgumentError(`give a whole number from ${least} to ${most}.`);
  }
  return value;
}
