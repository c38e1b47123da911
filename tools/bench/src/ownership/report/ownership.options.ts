import { readOptions, wholeFrom } from '../../options/option.reader';

/** A number that can be chosen: what a full run takes, what a quick one, and the least. */
export interface SizeOption {
  readonly full: number;
  readonly quick: number;
  readonly least: number;
  /** What it is, for the help. */
  readonly meaning: string;
}

export type SizeOptions<N extends string> = Readonly<Record<N, SizeOption>>;

export interface RunOptions<N extends string> {
  readonly isJson: boolean;
  readonly isQuick: boolean;
  readonly sizes: Readonly<Record<N, number>>;
}

export type ParsedRun<N extends string> =
  | { readonly kind: 'run'; readonly options: RunOptions<N> }
  | { readonly kind: 'help' }
  | { readonly kind: 'faulty'; readonly problems: readonly string[] };

const FLAGS = ['json', 'help', 'quick'];

export function parseRun<N extends string>(
  args: readonly string[],
  sizes: SizeOptions<N>,
): ParsedRun<N> {
  const isQuick = args.includes('--quick');
  const names = Object.keys(sizes) as N[];
  const numbers = Object.fromEntries(
    names.map((name) => [
      name,
      wholeFrom(sizes[name].least, sizes[name][isQuick ? 'quick' : 'full']),
    ]),
  );
  const given = readOptions(args, { flags: FLAGS, numbers });
  if (given.problems.length > 0) return { kind: 'faulty', problems: given.problems };
  if (given.has('help')) return { kind: 'help' };
  const chosen = Object.fromEntries(names.map((name) => [name, given.number(name)]));
  return {
    kind: 'run',
    options: { isJson: given.has('json'), isQuick, sizes: chosen as Record<N, number> },
  };
}

/** The help of a program, options and all. */
export function helpOf<N extends string>(
  program: { readonly name: string; readonly about: string },
  sizes: SizeOptions<N>,
): string {
  const options = (Object.keys(sizes) as N[]).map((name): [string, string] => {
    const { full, quick, meaning } = sizes[name];
    return [`--${name}=${full}`, `${meaning} (${quick} with --quick)`];
  });
  const lines: [string, string][] = [
    ...options,
    ['--quick', 'a short run; aims of speed are shown and not judged'],
    ['--json', 'one JSON document with every value on stdout, and nothing else there'],
    ['--help', 'this text'],
  ];
  const width = Math.max(...lines.map(([option]) => option.length)) + 2;
  const list = lines.map(([option, text]) => `  ${option.padEnd(width)}${text}`).join('\n');
  return `npm run bench:${program.name} -- [options]

${program.about}

Ends with 0 when all that must hold did, 1 when something did not or the run failed, 2 for wrong
arguments. Times are of one monotonic clock, from the journals of the instances.

${list}
`;
}
