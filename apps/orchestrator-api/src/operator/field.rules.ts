import type { InputProblem } from '@weir/domain';

/** The problems of one field's value; none when it is good. */
export type FieldRule = (value: unknown, path: string) => readonly InputProblem[];

export interface LabelLimits {
  readonly labelCount: number;
  readonly labelLength: number;
}

/** Characters that nobody sees, and half surrogate pairs, which PostgreSQL cannot hold. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\uFFFD]/u;

/** True for what JSON calls an object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Problems of an object whose fields may be any of `rules`, none of them required. */
export function checkFields(
  input: unknown,
  rules: Readonly<Record<string, FieldRule>>,
): InputProblem[] {
  if (!isObject(input)) return [{ path: '', message: 'must be an object' }];
  return Object.entries(input).flatMap(([name, value]) => {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    return rule ? rule(value, name) : [{ path: name, message: 'is not a known field' }];
  });
}

/** Problems of required fields that are not there. */
export function checkPresence(input: unknown, names: readonly string[]): InputProblem[] {
  if (!isObject(input)) return [];
  return names
    .filter((name) => input[name] === undefined)
    .map((path) => ({ path, message: 'is required' }));
}

/** An object of some fields; the path of each problem begins with that of the object. */
export function objectOf(
  rules: Readonly<Record<string, FieldRule>>,
  required: readonly string[] = [],
): FieldRule {
  return (value, path) =>
    [...checkPresence(value, required), ...checkFields(value, rules)].map((problem) => ({
      ...problem,
      path: problem.path === '' ? path : `${path}.${problem.path}`,
    }));
}

/** Visible text of 1 to `maxLength` characters that does not begin or end with space. */
export function text(maxLength: number): FieldRule {
  return (value, path) => {
    const complain = (message: string): InputProblem[] => [{ path, message }];
    if (typeof value !== 'string') return complain('must be text');
    if (value === '') return complain('must not be empty');
    if (value.length > maxLength) return complain(`must be at most ${maxLength} characters`);
    if (UNPRINTABLE.test(value)) return complain('must not hold control or broken characters');
    if (value.trim() !== value) return complain('must not begin or end with space');
    return [];
  };
}

/** A number of any kind; JSON's numbers are finite, but those of CSV need not be. */
export function number(min: number, max: number): FieldRule {
  return (value, path) => {
    if (typeof value !== 'number' || Number.isNaN(value)) {
      return [{ path, message: 'must be a number' }];
    }
    if (value >= min && value <= max) return [];
    return [{ path, message: `must be between ${min} and ${max}` }];
  };
}

export function wholeNumber(min: number, max: number): FieldRule {
  const inRange = number(min, max);
  return (value, path) => {
    const problems = inRange(value, path);
    if (problems.length > 0 || Number.isInteger(value)) return problems;
    return [{ path, message: 'must be a whole number' }];
  };
}

export const flag: FieldRule = (value, path) =>
  typeof value === 'boolean' ? [] : [{ path, message: 'must be true or false' }];

/** As `rule`, but null is good too. */
export function orNull(rule: FieldRule): FieldRule {
  return (value, path) => (value === null ? [] : rule(value, path));
}

/** An object of label to value, both text. */
export function labels(limits: LabelLimits): FieldRule {
  const oneText = text(limits.labelLength);
  return (value, path) => {
    if (!isObject(value)) return [{ path, message: 'must be an object of label: value' }];
    const entries = Object.entries(value);
    const tooMany =
      entries.length > limits.labelCount
        ? [{ path, message: `must have at most ${limits.labelCount} labels` }]
        : [];
    const wrong = entries.flatMap(([label, member]) => [
      ...oneText(label, `${path}.${label}`).map((problem) => ({
        ...problem,
        message: `the label itself ${problem.message}`,
      })),
      ...oneText(member, `${path}.${label}`),
    ]);
    return [...tooMany, ...wrong];
  };
}

/** A JSON object of at most `maxBytes` when written as compact UTF-8. */
export function jsonObject(maxBytes: number): FieldRule {
  return (value, path) => {
    if (!isObject(value)) return [{ path, message: 'must be an object' }];
    const bytes = Buffer.byteLength(JSON.stringify(value));
    if (bytes <= maxBytes) return [];
    return [{ path, message: `must be at most ${maxBytes} bytes of JSON, not ${bytes}` }];
  };
}
