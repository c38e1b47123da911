import { parseArgs } from 'node:util';

/** What the command was asked for. */
export interface SimulateArguments {
  readonly seeds: number;
  readonly from: number;
  readonly jobs: number;
  readonly stepsMax: number | undefined;
  readonly faultsMs: number;
  readonly isPostgres: boolean;
  readonly isTraced: boolean;
  readonly isJson: boolean;
  readonly isShrinking: boolean;
  /** One history only. */
  readonly seed: number | undefined;
  /** A file with a plan, as a shrunk violation leaves it. */
  readonly planFile: string | undefined;
  readonly command: 'campaign' | 'mutants' | 'compare' | 'help';
  /** One mutant by its name, or all. */
  readonly mutant: string | undefined;
}

export const HELP = `npm run simulate -- [options]

Runs histories of the real code under virtual time, each decided by its seed, and checks the
invariants of ownership after every step.

  --seeds N        how many histories (100)
  --from S         the first seed (1)
  --steps M        events after which a history ends, healed or not (no limit)
  --faults MS      how long each history has faults, in ms of virtual time (30000)
  --jobs J         processes side by side (2)
  --postgres       on a real PostgreSQL instead of the engine in memory
  --seed S         one history, with its trace when it violates something
  --plan FILE      one history, from a file that a shrunk violation left
  --trace          tell everything that happened
  --no-shrink      leave violations as they are
  --json           one JSON document instead of text
  --compare        run each seed on both databases and compare them after every commit
  --mutants        break the code in known ways and see each found; --mutant NAME for one
  --help           this text

Exit code 0: nothing was violated. 1: something was; the command that replays it is printed.
`;

const OPTIONS = {
  seeds: { type: 'string' },
  from: { type: 'string' },
  steps: { type: 'string' },
  faults: { type: 'string' },
  jobs: { type: 'string' },
  postgres: { type: 'boolean' },
  seed: { type: 'string' },
  plan: { type: 'string' },
  trace: { type: 'boolean' },
  shrink: { type: 'boolean' },
  json: { type: 'boolean' },
  compare: { type: 'boolean' },
  mutants: { type: 'boolean' },
  mutant: { type: 'string' },
  help: { type: 'boolean' },
} as const;

/** @throws Error that names every argument that is wrong. */
export function parseArguments(argv: readonly string[]): SimulateArguments {
  const { values } = parseArgs({ args: [...argv], options: OPTIONS, allowNegative: true });
  const problems: string[] = [];
  const whole = (name: keyof typeof OPTIONS, least: number): number | undefined => {
    const text = values[name];
    if (typeof text !== 'string') return undefined;
    const number = Number(text);
    if (Number.isSafeInteger(number) && number >= least) return number;
    problems.push(`--${name} must be a whole number, at least ${least}, not ${text}`);
    return undefined;
  };
  const parsed: SimulateArguments = {
    seeds: whole('seeds', 1) ?? 100,
    from: whole('from', 0) ?? 1,
    jobs: whole('jobs', 1) ?? 2,
    stepsMax: whole('steps', 1),
    faultsMs: whole('faults', 2_000) ?? 30_000,
    seed: whole('seed', 0),
    isPostgres: values.postgres === true,
    isTraced: values.trace === true,
    isJson: values.json === true,
    isShrinking: values.shrink !== false,
    planFile: values.plan,
    command: commandOf(values),
    mutant: values.mutant,
  };
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return parsed;
}

function commandOf(values: {
  readonly help?: boolean;
  readonly mutants?: boolean;
  readonly mutant?: string;
  readonly compare?: boolean;
}): SimulateArguments['command'] {
  if (values.help) return 'help';
  if (values.mutants || values.mutant !== undefined) return 'mutants';
  return values.compare ? 'compare' : 'campaign';
}
