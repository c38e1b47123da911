/** One thing wrong with the environment. Never contains the value of a secret. */
export interface ConfigurationProblem {
  readonly variable: string;
  readonly problem: string;
  readonly expected: string;
}

/** sysexits.h EX_CONFIG: the process was started with a configuration it cannot run with. */
export const CONFIGURATION_EXIT_CODE = 78;

/** Thrown once with every problem found, so that one restart is enough to correct them all. */
export class ConfigurationError extends Error {
  readonly code = 'CONFIGURATION_INVALID';

  constructor(readonly problems: readonly ConfigurationProblem[]) {
    super(formatConfigurationProblems(problems));
    this.name = 'ConfigurationError';
  }
}

/** One line per problem, for a terminal. */
export function formatConfigurationProblems(problems: readonly ConfigurationProblem[]): string {
  const noun = problems.length === 1 ? 'problem' : 'problems';
  const lines = problems.map(
    ({ variable, problem, expected }) => `  ${variable} ${problem}; expected: ${expected}`,
  );
  return [`configuration has ${problems.length} ${noun}:`, ...lines].join('\n');
}
