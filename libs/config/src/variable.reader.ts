import { readFileSync } from 'node:fs';
import type { ConfigurationProblem } from './configuration.error';
import type { EnvironmentName } from './environment';
import { findSecretWeakness, strongSecretExpectation } from './secret-strength.rule';
import { defaultFor } from './variable.decorator';
import type { VariableDefinition } from './variable.decorator';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What reading one variable gave: a typed value (undefined when optional and unset), or what is
 * wrong.
 */
export type VariableReading =
  | { readonly kind: 'value'; readonly value: unknown; readonly rawText: string | undefined }
  | { readonly kind: 'problem'; readonly problem: ConfigurationProblem };

export interface ReadContext {
  readonly env: Environment;
  readonly environment: EnvironmentName;
  /** Defaults of one service, by variable name; they win over those of the section. */
  readonly serviceDefaults: Environment;
}

const SHOWN_VALUE_MAX_CHARACTERS = 80;

type RawReading =
  | { readonly kind: 'set'; readonly text: string; readonly variable: string }
  | { readonly kind: 'unset' }
  | { readonly kind: 'problem'; readonly problem: ConfigurationProblem };

/**
 * Reads one variable: from `NAME`, for a secret also from the file named by `NAME_FILE`, else its
 * default. An empty text counts as not set, because Compose writes one for `${NAME:-}`.
 */
export function readVariable(
  definition: VariableDefinition,
  context: ReadContext,
): VariableReading {
  const raw = readRaw(definition, context.env);
  if (raw.kind === 'problem') return raw;
  if (raw.kind === 'unset') return readDefault(definition, context);
  const weakness = findWeakness(definition, raw.text, context.environment);
  if (weakness !== undefined) {
    return problemOf(raw.variable, weakness, strongSecretExpectation);
  }
  return parse(definition, raw.text, raw.variable);
}

/** The text that may be shown of a value: nothing of a secret, and never a whole novel. */
export function shownValue(definition: VariableDefinition, rawText: string): string {
  if (definition.kind.isSecret) return 'the given secret';
  return JSON.stringify(
    rawText.length > SHOWN_VALUE_MAX_CHARACTERS
      ? `${rawText.slice(0, SHOWN_VALUE_MAX_CHARACTERS)}...`
      : rawText,
  );
}

/** What a good value looks like. */
export function expectationOf(definition: VariableDefinition): string {
  return definition.expected ?? definition.kind.typeName;
}

function readRaw(definition: VariableDefinition, env: Environment): RawReading {
  const { name, kind } = definition;
  const direct = nonEmpty(env[name]);
  const fileVariable = `${name}_FILE`;
  const file = kind.isSecret ? nonEmpty(env[fileVariable]) : undefined;
  if (direct !== undefined && file !== undefined) {
    return problemOf(name, `and ${fileVariable} are both set`, 'only one of the two');
  }
  if (file !== undefined) return readSecretFile(fileVariable, file);
  return direct === undefined ? { kind: 'unset' } : { kind: 'set', text: direct, variable: name };
}

function readSecretFile(variable: string, path: string): RawReading {
  try {
    const content = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
    if (content === '') {
      return problemOf(variable, `names an empty file ${path}`, 'a file that holds the secret');
    }
    return { kind: 'set', text: content, variable };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    return problemOf(variable, `names ${path}, which cannot be read (${code})`, 'a readable file');
  }
}

function readDefault(definition: VariableDefinition, context: ReadContext): VariableReading {
  const fallback =
    context.serviceDefaults[definition.name] ?? defaultFor(definition, context.environment);
  if (fallback !== undefined) return parse(definition, fallback, definition.name);
  const isRequired = definition.requiredIn?.includes(context.environment) ?? false;
  if (definition.optional && !isRequired) {
    return { kind: 'value', value: undefined, rawText: undefined };
  }
  const expected = definition.kind.isSecret ? strongSecretExpectation : expectationOf(definition);
  return problemOf(definition.name, 'is not set', expected);
}

function findWeakness(
  definition: VariableDefinition,
  rawText: string,
  environment: EnvironmentName,
): string | undefined {
  if (!definition.kind.isSecret || environment !== 'production') return undefined;
  return findSecretWeakness(rawText, definition.default);
}

function parse(definition: VariableDefinition, rawText: string, variable: string): VariableReading {
  const value = definition.kind.parse(definition.kind.isSecret ? rawText : rawText.trim());
  if (value !== undefined) return { kind: 'value', value, rawText };
  const problem = `has a value that is not understood: ${shownValue(definition, rawText)}`;
  return problemOf(variable, problem, expectationOf(definition));
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : value;
}

function problemOf(variable: string, problem: string, expected: string) {
  return { kind: 'problem' as const, problem: { variable, problem, expected } };
}
