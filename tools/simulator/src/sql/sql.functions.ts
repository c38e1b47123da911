import { hashAssignment } from '@weir/domain';
import { SqlError, castTo, compareValues, isSame } from './sql.value';
import type { SqlValue } from './sql.value';

/** A function of SQL that depends on nothing but its arguments. `type`: of what it gives. */
export interface PlainFunction {
  readonly type: string | ((types: readonly string[]) => string);
  /** False: null in gives null out, without a call. */
  readonly takesNull?: boolean;
  readonly run: (args: readonly SqlValue[]) => SqlValue;
}

const same = (types: readonly string[]): string => types[0] ?? 'unknown';
const number = (run: (...args: number[]) => number): PlainFunction => ({
  type: 'double precision',
  run: (args) => run(...(args as number[])),
});

function extreme(isBetter: (order: number) => boolean): PlainFunction {
  return {
    type: (types) => types.find((type) => type !== 'unknown') ?? 'unknown',
    takesNull: true,
    run: (args) => {
      let best: SqlValue = null;
      for (const value of args) {
        if (value === null) continue;
        if (best === null || isBetter(compareValues(value, best) ?? 0)) best = value;
      }
      return best;
    },
  };
}

/** First 8 bytes of SHA-256 of 'streamId:epoch', signed as PostgreSQL's bigint is. */
function assignmentHash(args: readonly SqlValue[]): bigint {
  const [streamId, epoch] = args as [number, number];
  return BigInt.asIntN(64, hashAssignment({ streamId: String(streamId), epoch }));
}

const asArray = (value: SqlValue): SqlValue[] => value as SqlValue[];

export const PLAIN_FUNCTIONS: Readonly<Record<string, PlainFunction>> = {
  greatest: extreme((order) => order > 0),
  least: extreme((order) => order < 0),
  ceil: number(Math.ceil),
  floor: number(Math.floor),
  abs: { type: same, run: ([value]) => Math.abs(value as number) },
  round: number((value) => Math.round(value)),
  power: number((base, exponent) => base ** exponent),
  extract_epoch: number((ms) => ms / 1_000),
  to_timestamp: { type: 'timestamptz', run: ([seconds]) => (seconds as number) * 1_000 },
  length: { type: 'integer', run: ([text]) => (text as string).length },
  substr: {
    type: 'text',
    run: ([text, from, count]) =>
      (text as string).slice(
        (from as number) - 1,
        (from as number) - 1 + ((count as number) ?? 1e9),
      ),
  },
  lower: { type: 'text', run: ([text]) => (text as string).toLowerCase() },
  upper: { type: 'text', run: ([text]) => (text as string).toUpperCase() },
  left: { type: 'text', run: ([text, count]) => (text as string).slice(0, count as number) },
  concat: { type: 'text', takesNull: true, run: (args) => args.map((arg) => arg ?? '').join('') },
  lpad: {
    type: 'text',
    run: ([text, size, fill]) => (text as string).padStart(size as number, fill as string),
  },
  to_hex: {
    type: 'text',
    run: ([value]) => BigInt.asUintN(64, BigInt(value as number)).toString(16),
  },
  cardinality: { type: 'integer', run: ([array]) => asArray(array).length },
  array_length: { type: 'integer', run: ([array]) => asArray(array).length || null },
  jsonb_array_length: { type: 'integer', run: ([array]) => asArray(array).length },
  array_append: {
    type: same,
    takesNull: true,
    run: ([array, value]) => [...asArray(array ?? []), value ?? null],
  },
  array_remove: {
    type: same,
    run: ([array, value]) => asArray(array).filter((member) => !isSame(member, value ?? null)),
  },
  array_cat: { type: same, run: ([left, right]) => [...asArray(left), ...asArray(right)] },
  array_position: {
    type: 'integer',
    run: ([array, value]) => {
      const at = asArray(array).findIndex((member) => isSame(member, value ?? null));
      return at < 0 ? null : at + 1;
    },
  },
  jsonb_build_object: {
    type: 'jsonb',
    takesNull: true,
    run: (args) => {
      const pairs: [string, SqlValue][] = [];
      for (let at = 0; at < args.length; at += 2)
        pairs.push([String(args[at]), args[at + 1] ?? null]);
      return Object.fromEntries(pairs);
    },
  },
  json_build_array: { type: 'jsonb', takesNull: true, run: (args) => [...args] },
  jsonb_build_array: { type: 'jsonb', takesNull: true, run: (args) => [...args] },
  to_jsonb: { type: 'jsonb', takesNull: true, run: ([value]) => value ?? null },
  weir_assignment_hash: { type: 'bigint', run: assignmentHash },
  pg_current_wal_lsn: { type: 'text', run: () => '0/0' },
};

/** Functions that give many rows of one column. */
export const MANY_ROWS: Readonly<
  Record<string, { readonly type: string; readonly run: (args: readonly SqlValue[]) => SqlValue[] }>
> = {
  jsonb_array_elements: { type: 'jsonb', run: ([list]) => asArray(list ?? []) },
  jsonb_array_elements_text: {
    type: 'text',
    run: ([list]) => asArray(list ?? []).map((member) => castTo(member, 'text')),
  },
  generate_series: {
    type: 'bigint',
    run: ([from, to]) => {
      const length = Math.max(0, (to as number) - (from as number) + 1);
      return Array.from({ length }, (_, at) => (from as number) + at);
    },
  },
};

/** A function over many rows. */
export interface AggregateFunction {
  readonly type: (argument: string) => string;
  /** False: rows whose value is null are left out. */
  readonly takesNull?: boolean;
  readonly run: (values: readonly SqlValue[]) => SqlValue;
}

const best = (isBetter: (order: number) => boolean): AggregateFunction => ({
  type: (argument) => argument,
  run: (values) =>
    values.reduce<SqlValue>(
      (found, value) =>
        found === null || isBetter(compareValues(value, found) ?? 0) ? value : found,
      null,
    ),
});

const folded = (fold: (a: bigint, b: bigint) => bigint): AggregateFunction => ({
  type: () => 'bigint',
  run: (values) =>
    values.length === 0
      ? null
      : values.map((value) => BigInt(value as number)).reduce((a, b) => fold(a, b)),
});

export const AGGREGATES: Readonly<Record<string, AggregateFunction>> = {
  count: { type: () => 'bigint', run: (values) => values.length },
  sum: {
    type: (argument) => (argument === 'double precision' ? argument : 'bigint'),
    run: (values) =>
      values.length === 0 ? null : values.reduce<number>((sum, value) => sum + Number(value), 0),
  },
  avg: {
    type: () => 'double precision',
    run: (values) =>
      values.length === 0
        ? null
        : values.reduce<number>((sum, value) => sum + Number(value), 0) / values.length,
  },
  max: best((order) => order > 0),
  min: best((order) => order < 0),
  bit_xor: folded((a, b) => a ^ b),
  bool_or: { type: () => 'boolean', run: (values) => any(values, true) },
  bool_and: {
    type: () => 'boolean',
    run: (values) => (values.length === 0 ? null : !any(values, false)),
  },
  array_agg: {
    type: (argument) => `${argument}[]`,
    takesNull: true,
    run: (values) => (values.length === 0 ? null : [...values]),
  },
  json_agg: {
    type: () => 'jsonb',
    takesNull: true,
    run: (values) => (values.length === 0 ? null : [...values]),
  },
  jsonb_agg: {
    type: () => 'jsonb',
    takesNull: true,
    run: (values) => (values.length === 0 ? null : [...values]),
  },
};

function any(values: readonly SqlValue[], wanted: boolean): boolean | null {
  return values.length === 0 ? null : values.includes(wanted);
}

/** Operators on two values that are not null. */
export function applyOperator(operator: string, left: SqlValue, right: SqlValue): SqlValue {
  const [a, b] = [left as number, right as number];
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return Array.isArray(left) ? null : a - b;
    case '*':
      return a * b;
    case '%':
      return a % b;
    case '<<':
      return a * 2 ** b;
    case '>>':
      return Math.floor(a / 2 ** b);
    case '#':
      return BigInt.asIntN(64, BigInt(a) ^ BigInt(b));
    case '~':
      return new RegExp(b as unknown as string).test(a as unknown as string);
    case '!~':
      return !new RegExp(b as unknown as string).test(a as unknown as string);
    case 'like':
      return likePattern(right as string).test(left as string);
    default:
      throw new SqlError('42883', `operator that the simulator does not know: ${operator}`);
  }
}

function likePattern(pattern: string): RegExp {
  const escaped = pattern.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('%', '[\\s\\S]*').replaceAll('_', '[\\s\\S]')}$`);
}
