import { Secret } from './secret';

/** How the text of an environment variable becomes a typed value. */
export interface VariableKind {
  /** What a reader of the reference sees, for example "whole number". */
  readonly typeName: string;
  readonly isSecret: boolean;
  /** The typed value, or undefined when the text is not of this kind. */
  parse(text: string): unknown;
}

const WHOLE_NUMBER = /^[+-]?\d{1,15}$/;
const DECIMAL_NUMBER = /^[+-]?\d{1,15}(\.\d{1,9})?$/;
const MS_PER_SECOND = 1000;

export const text: VariableKind = {
  typeName: 'text',
  isSecret: false,
  parse: (raw) => raw,
};

export const secretText: VariableKind = {
  typeName: 'secret text',
  isSecret: true,
  parse: (raw) => new Secret(raw),
};

export const wholeNumber: VariableKind = {
  typeName: 'whole number',
  isSecret: false,
  parse: (raw) => (WHOLE_NUMBER.test(raw) ? Number(raw) : undefined),
};

export const decimalNumber: VariableKind = {
  typeName: 'number',
  isSecret: false,
  parse: (raw) => (DECIMAL_NUMBER.test(raw) ? Number(raw) : undefined),
};

/**
 * Seconds outside, decimals allowed; the typed field holds whole milliseconds and is named `...Ms`.
 */
export const seconds: VariableKind = {
  typeName: 'seconds',
  isSecret: false,
  parse: (raw) => (DECIMAL_NUMBER.test(raw) ? Math.round(Number(raw) * MS_PER_SECOND) : undefined),
};

/** A kind of number that takes only typed values from `min` to `max`. */
export function between(kind: VariableKind, min: number, max: number): VariableKind {
  return {
    ...kind,
    parse: (raw) => {
      const value = kind.parse(raw);
      return typeof value === 'number' && value >= min && value <= max ? value : undefined;
    },
  };
}

const booleans: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['yes', true],
  ['on', true],
  ['false', false],
  ['0', false],
  ['no', false],
  ['off', false],
]);

export const yesOrNo: VariableKind = {
  typeName: 'true or false',
  isSecret: false,
  parse: (raw) => booleans.get(raw.toLowerCase()),
};

/**
 * One of a closed set of words, in any case. `aliases` maps further accepted words to members of
 * the set.
 */
export function oneOf(
  values: readonly string[],
  aliases: Readonly<Record<string, string>> = {},
): VariableKind {
  return {
    typeName: values.join(' | '),
    isSecret: false,
    parse: (raw) => {
      const word = raw.toLowerCase();
      return values.includes(word) ? word : aliases[word];
    },
  };
}
