import { BARS } from '../bars/bar.list';

/** The comparison with peers, among what `--only` can name. */
export const PEERS_NAME = 'peers';

export interface BenchOptions {
  readonly isJson: boolean;
  /** Numbers of bars, and `peers`. */
  readonly only: ReadonlySet<string>;
  readonly runs: number;
  readonly warmUps: number;
  readonly seed: number;
  /** In (0, 1]. */
  readonly scale: number;
}

/** What the arguments ask for, or everything that is wrong with them. */
export type ParsedArguments =
  | { readonly kind: 'run'; readonly options: BenchOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'faulty'; readonly problems: readonly string[] };

const NAMES = [...BARS.map((bar) => String(bar.number)), PEERS_NAME];

export const HELP = `npm run bench:planner -- [options]

The bars of the planner, each with its figures. Ends with 0 when every bar that was measured holds,
1 when one does not or the run was a trial, 2 for wrong arguments.

  --only=1,4,peers  only these bars; peers is the comparison with other ways to decide
  --runs=9          timed runs of each case; the median counts
  --warm-ups=2      runs before them that do not count
  --seed=1          another one draws other fleets
  --scale=0.01      a trial with that share of every size; judges nothing
  --json            one JSON document with every sample on stdout, and nothing else there
                    (npm adds lines of its own unless it is called as npm run --silent)
  --help            this text
`;

interface NumberOption {
  readonly fallback: number;
  readonly isRight: (value: number) => boolean;
  readonly wanted: string;
}

const NUMBERS: Readonly<Record<string, NumberOption>> = {
  runs: { fallback: 9, isRight: isWholeFrom(1), wanted: 'a whole number from 1' },
  'warm-ups': { fallback: 2, isRight: isWholeFrom(0), wanted: 'a whole number from 0' },
  seed: { fallback: 1, isRight: isWholeFrom(0), wanted: 'a whole number from 0' },
  scale: {
    fallback: 1,
    isRight: (value) => value > 0 && value <= 1,
    wanted: 'more than 0 and at most 1',
  },
};

/** Reads all arguments, and goes on after a wrong one, so that every problem is told at once. */
export function parseArguments(args: readonly string[]): ParsedArguments {
  const problems: string[] = [];
  const given = new Map<string, string>();
  for (const arg of args) {
    const [, name = '', value] = /^--([a-z-]+)(?:=(.*))?$/.exec(arg) ?? [];
    const problem = problemWith(arg, name, value);
    if (problem !== undefined) problems.push(problem);
    else if (given.has(name)) problems.push(`--${name} is given twice`);
    given.set(name, value ?? '');
  }
  if (problems.length > 0) return { kind: 'faulty', problems };
  if (given.has('help')) return { kind: 'help' };
  const number = (name: string): number => Number(given.get(name) ?? NUMBERS[name]?.fallback);
  return {
    kind: 'run',
    options: {
      isJson: given.has('json'),
      only: new Set(given.get('only')?.split(',') ?? NAMES),
      runs: number('runs'),
      warmUps: number('warm-ups'),
      seed: number('seed'),
      scale: number('scale'),
    },
  };
}

function problemWith(arg: string, name: string, value: string | undefined): string | undefined {
  if (name === 'json' || name === 'help') {
    return value === undefined ? undefined : `--${name} takes no value`;
  }
  if (name === 'only') return problemWithOnly(value ?? '');
  const option = NUMBERS[name];
  if (option === undefined) return `${arg} is not an option`;
  const isRight = value !== undefined && value !== '' && option.isRight(Number(value));
  return isRight ? undefined : `--${name} must be ${option.wanted}, not "${value ?? ''}"`;
}

function problemWithOnly(value: string): string | undefined {
  const unknown = value.split(',').filter((name) => !NAMES.includes(name));
  if (unknown.length === 0) return undefined;
  const named = unknown.map((name) => `"${name}"`).join(', ');
  return `--only must name ${NAMES.join(', ')}, not ${named}`;
}

function isWholeFrom(least: number): (value: number) => boolean {
  return (value) => Number.isSafeInteger(value) && value >= least;
}
