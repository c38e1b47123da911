import { STREAM_DEFAULTS, STREAM_LIMITS } from '@weir/domain';
import type { InputProblem, StreamDefinition } from '@weir/domain';
import {
  checkFields,
  checkPresence,
  flag,
  jsonObject,
  labels,
  number,
  objectOf,
  orNull,
  text,
  wholeNumber,
} from '../operator/field.rules';
import type { FieldRule } from '../operator/field.rules';
import { inputError } from '../problem/validation.problems';

const amount = number(0, STREAM_LIMITS.resourceMax);

/** What a stream takes of its instance's capacity. */
export const RESOURCES_RULE = objectOf({
  cpuCores: amount,
  memoryMb: amount,
  bandwidthMbps: amount,
});

const RULES = {
  name: text(STREAM_LIMITS.nameLength),
  source: text(STREAM_LIMITS.sourceLength),
  weight: number(STREAM_LIMITS.weightMin, STREAM_LIMITS.weightMax),
  resources: RESOURCES_RULE,
  moveCost: number(0, STREAM_LIMITS.moveCostMax),
  priority: wholeNumber(STREAM_LIMITS.priorityMin, STREAM_LIMITS.priorityMax),
  exclusive: flag,
  autonomyMs: wholeNumber(0, STREAM_LIMITS.autonomyMsMax),
  requires: labels(STREAM_LIMITS),
  avoid: labels(STREAM_LIMITS),
  spreadGroup: orNull(text(STREAM_LIMITS.labelLength)),
  enabled: flag,
  config: jsonObject(STREAM_LIMITS.configBytes),
} satisfies Record<keyof StreamDefinition, FieldRule>;

export const STREAM_FIELDS = Object.keys(RULES) as readonly (keyof StreamDefinition)[];

/** What a stream cannot be without. */
const REQUIRED = ['name', 'source'] as const;

/** A definition in which only what is required must be given. */
export type GivenStream = Partial<StreamDefinition> & Pick<StreamDefinition, 'name' | 'source'>;

/** Every problem of what should define a stream: one rule for REST and for imports. */
export function checkStream(input: unknown): InputProblem[] {
  return [...checkPresence(input, REQUIRED), ...checkFields(input, RULES)];
}

/** The definition in a body, with defaults. @throws DomainError INVALID_INPUT */
export function readNewStream(input: unknown): StreamDefinition {
  const problems = checkStream(input);
  if (problems.length > 0) throw inputError(problems);
  return {
    ...STREAM_DEFAULTS,
    requires: {},
    avoid: {},
    resources: {},
    spreadGroup: null,
    config: {},
    ...(input as GivenStream),
  };
}

/** The fields to change in a body. @throws DomainError INVALID_INPUT */
export function readStreamPatch(input: unknown): Partial<StreamDefinition> {
  const problems = checkFields(input, RULES);
  if (problems.length > 0) throw inputError(problems);
  return input as Partial<StreamDefinition>;
}
