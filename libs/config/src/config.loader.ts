import { validateSync } from 'class-validator';
import { ConfigurationError } from './configuration.error';
import type { ConfigurationProblem } from './configuration.error';
import type { EnvironmentName } from './environment';
import { EnvironmentSection } from './sections/environment.section';
import { variablesOf } from './variable.decorator';
import type { SectionClass, VariableDefinition } from './variable.decorator';
import { expectationOf, readVariable, shownValue } from './variable.reader';
import type { Environment, ReadContext } from './variable.reader';

export type SectionClasses = Readonly<Record<string, SectionClass>>;

/**
 * The configuration of one service: one frozen instance per section, under the names it was asked
 * for.
 */
export type LoadedConfig<S extends SectionClasses> = {
  readonly [K in keyof S]: Readonly<InstanceType<S[K]>>;
};

export interface LoadOptions {
  /** Defaults of this service, by variable name, for example `{ WEIR_PORT: '7071' }`. */
  readonly defaults?: Environment;
}

interface SectionReading {
  readonly section: object;
  readonly problems: readonly ConfigurationProblem[];
}

/**
 * Reads the sections from the environment, checks them and freezes them.
 *
 * @param sections section classes by the name they get in the result
 * @param env usually `process.env`
 * @throws ConfigurationError with every problem of every section
 */
export function loadConfig<const S extends SectionClasses>(
  sections: S,
  env: Environment,
  options: LoadOptions = {},
): LoadedConfig<S> {
  const serviceDefaults = options.defaults ?? {};
  const environmentReading = readSection(EnvironmentSection, {
    env,
    environment: 'development',
    serviceDefaults,
  });
  const environment = environmentNameOf(environmentReading.section);
  const readings = Object.entries(sections).map(([name, section]) => {
    const isEnvironment = section === EnvironmentSection;
    const context = { env, environment, serviceDefaults };
    return { name, ...(isEnvironment ? environmentReading : readSection(section, context)) };
  });
  const problems = withoutRepetition([environmentReading, ...readings].flatMap((r) => r.problems));
  if (problems.length > 0) throw new ConfigurationError(problems);
  const loaded = Object.fromEntries(readings.map((r) => [r.name, Object.freeze(r.section)]));
  return Object.freeze(loaded) as LoadedConfig<S>;
}

function readSection(sectionClass: SectionClass, context: ReadContext): SectionReading {
  const section = new sectionClass();
  const problems: ConfigurationProblem[] = [];
  const rawTexts = new Map<string, string>();
  const definitions = variablesOf(sectionClass);
  for (const definition of definitions) {
    const reading = readVariable(definition, context);
    if (reading.kind === 'problem') {
      problems.push(reading.problem);
      continue;
    }
    Reflect.set(section, definition.property, reading.value);
    if (reading.rawText !== undefined) rawTexts.set(definition.property, reading.rawText);
  }
  return { section, problems: [...problems, ...findRefusals(section, definitions, rawTexts)] };
}

/**
 * What class-validator refuses among the values that could be read; the others are reported
 * already.
 */
function findRefusals(
  section: object,
  definitions: readonly VariableDefinition[],
  rawTexts: ReadonlyMap<string, string>,
): ConfigurationProblem[] {
  const refused = new Set(
    validateSync(section, { forbidUnknownValues: false }).map((error) => error.property),
  );
  return definitions.flatMap((definition) => {
    const rawText = rawTexts.get(definition.property);
    if (rawText === undefined || !refused.has(definition.property)) return [];
    const problem = `has a value that is not allowed: ${shownValue(definition, rawText)}`;
    return [{ variable: definition.name, problem, expected: expectationOf(definition) }];
  });
}

function environmentNameOf(section: object): EnvironmentName {
  const name: unknown = Reflect.get(section, 'name');
  return (name as EnvironmentName | undefined) ?? 'development';
}

function withoutRepetition(problems: readonly ConfigurationProblem[]): ConfigurationProblem[] {
  const byText = new Map(problems.map((p) => [`${p.variable} ${p.problem}`, p]));
  return [...byText.values()];
}
