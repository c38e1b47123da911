/** An option that takes a number. */
export interface NumberOption {
  readonly fallback: number;
  readonly isRight: (value: number) => boolean;
  /** What it must be, as in "must be a whole number from 1". */
  readonly wanted: string;
}

/** What a program's arguments may be, by name without the two hyphens. */
export interface OptionRules {
  /** Options without a value. */
  readonly flags: readonly string[];
  readonly numbers: Readonly<Record<string, NumberOption>>;
  /** Options with any other value: what is wrong with it, or undefined. */
  readonly texts?: Readonly<Record<string, (value: string) => string | undefined>>;
}

/** The options that were given, and everything that is wrong with them. */
export interface GivenOptions {
  readonly problems: readonly string[];
  has(name: string): boolean;
  /** @returns the number that was given, or what holds without it. */
  number(name: string): number;
  text(name: string): string | undefined;
}

/** Reads all arguments, and goes on after a wrong one, so that every problem is told at once. */
export function readOptions(args: readonly string[], rules: OptionRules): GivenOptions {
  const problems: string[] = [];
  const given = new Map<string, string>();
  for (const arg of args) {
    const [, name = '', value] = /^--([a-z-]+)(?:=(.*))?$/.exec(arg) ?? [];
    const problem = problemWith(rules, { arg, name, value });
    if (problem !== undefined) problems.push(problem);
    else if (given.has(name)) problems.push(`--${name} is given twice`);
    given.set(name, value ?? '');
  }
  return {
    problems,
    has: (name) => given.has(name),
    number: (name) => Number(given.get(name) ?? rules.numbers[name]?.fallback),
    text: (name) => given.get(name),
  };
}

interface Argument {
  readonly arg: string;
  readonly name: string;
  readonly value: string | undefined;
}

function problemWith(rules: OptionRules, { arg, name, value }: Argument): string | undefined {
  if (rules.flags.includes(name))
    return value === undefined ? undefined : `--${name} takes no value`;
  const check = rules.texts?.[name];
  if (check !== undefined) return check(value ?? '');
  const option = rules.numbers[name];
  if (option === undefined) return `${arg} is not an option`;
  const isRight = value !== undefined && value !== '' && option.isRight(Number(value));
  return isRight ? undefined : `--${name} must be ${option.wanted}, not "${value ?? ''}"`;
}

/** An option that takes a whole number from `least` on. */
export function wholeFrom(least: number, fallback: number): NumberOption {
  return {
    fallback,
    isRight: (value) => Number.isSafeInteger(value) && value >= least,
    wanted: `a whole number from ${least}`,
  };
}
