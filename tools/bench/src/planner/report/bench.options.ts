import { readOptions, wholeFrom } from '../../options/option.reader';
import type { OptionRules } from '../../options/option.reader';
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

const RULES: OptionRules = {
  flags: ['json', 'help'],
  numbers: {
    runs: wholeFrom(1, 9),
    'warm-ups': wholeFrom(0, 2),
    seed: wholeFrom(0, 1),
    scale: {
      fallback: 1,
      isRight: (value) => value > 0 && value <= 1,
      wanted: 'more than 0 and at most 1',
    },
  },
  texts: { only: problemWithOnly },
};

/** What the arguments mean. */
export function parseArguments(args: readonly string[]): ParsedArguments {
  const given = readOptions(args, RULES);
  if (given.problems.length > 0) return { kind: 'faulty', problems: given.problems };
  if (given.has('help')) return { kind: 'help' };
  return {
    kind: 'run',
    options: {
      isJson: given.has('json'),
      only: new Set(given.text('only')?.split(',') ?? NAMES),
      runs: given.number('runs'),
      warmUps: given.number('warm-ups'),
      seed: given.number('seed'),
      scale: given.number('scale'),
    },
  };
}

function problemWithOnly(value: string): string | undefined {
  const unknown = value.split(',').filter((name) => !NAMES.includes(name));
  if (unknown.length === 0) return undefined;
  const named = unknown.map((name) => `"${name}"`).join(', ');
  return `--only must name ${NAMES.join(', ')}, not ${named}`;
}
