import { isDeepStrictEqual } from 'node:util';

/**
 * Values of the engine: null, number (also timestamps and intervals, in ms), bigint (only where 64
 * bits are needed), string, boolean, Buffer, arrays, and plain objects for jsonb.
 */
export type SqlValue = unknown;

/** An error with a SQLSTATE, as the driver reports those of PostgreSQL. */
export class SqlError extends Error {
  override readonly name = 'error';

  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** -1, 0 or 1; null when either side is null. */
export function compareValues(left: SqlValue, right: SqlValue): number | null {
  if (left === null || right === null) return null;
  if (typeof left === 'number' && typeof right === 'number') {
    return left < right ? -1 : left > right ? 1 : 0;
  }
  if (typeof left === 'string' && typeof right === 'string') {
    return left < right ? -1 : left > right ? 1 : 0;
  }
  if (left instanceof Uint8Array && right instanceof Uint8Array) return Buffer.compare(left, right);
  if (Array.isArray(left) && Array.isArray(right)) return compareArrays(left, right);
  if (typeof left === 'object' || typeof right === 'object') {
    return isDeepStrictEqual(left, right)
      ? 0
      : JSON.stringify(left) < JSON.stringify(right)
        ? -1
        : 1;
  }
  const [a, b] = [left as number | bigint, right as number | bigint];
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareArrays(left: readonly SqlValue[], right: readonly SqlValue[]): number {
  for (let at = 0; at < Math.min(left.length, right.length); at += 1) {
    const order = compareValues(left[at] ?? null, right[at] ?? null);
    if (order === null) return (left[at] ?? null) === null ? 1 : -1;
    if (order !== 0) return order;
  }
  return Math.sign(left.length - right.length);
}

/** As `is not distinct from`. */
export function isSame(left: SqlValue, right: SqlValue): boolean {
  if (left === null || right === null) return left === right;
  return compareValues(left, right) === 0;
}

/** As jsonb's `@>`. */
export function contains(outer: SqlValue, inner: SqlValue): boolean {
  if (Array.isArray(outer) && Array.isArray(inner)) {
    return inner.every((member) => outer.some((candidate) => contains(candidate, member)));
  }
  if (isPlainObject(outer) && isPlainObject(inner)) {
    return Object.entries(inner).every(
      ([key, value]) => key in outer && contains(outer[key], value),
    );
  }
  return isDeepStrictEqual(outer, inner);
}

function isPlainObject(value: SqlValue): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const NUMERIC = new Set(['bigint', 'integer', 'double precision', 'numeric', 'interval', 'xid8']);

/** Makes a value one of this type, as an assignment or a cast does. */
export function castTo(value: SqlValue, type: string): SqlValue {
  if (value === null || value === undefined) return null;
  if (type.endsWith('[]')) return castArray(value, type.slice(0, -2));
  switch (type) {
    case 'bigint':
    case 'integer':
      return toInteger(value);
    case 'double precision':
    case 'numeric':
      return Number(value);
    case 'text':
    case 'uuid':
      return toText(value);
    case 'boolean':
      return value === true || value === 'true' || value === 't' || value === 1;
    case 'jsonb':
    case 'json':
      return typeof value === 'string' ? (JSON.parse(value) as unknown) : value;
    case 'timestamptz':
    case 'date':
      return toTimestamp(value);
    case 'bit':
      return Number.parseInt(String(value).slice(1), 16);
    default:
      return value;
  }
}

function castArray(value: SqlValue, element: string): SqlValue {
  if (Array.isArray(value)) return value.map((member: unknown) => castTo(member, element));
  if (typeof value !== 'string') throw new SqlError('22P02', 'malformed array');
  const inner = value.slice(1, -1);
  return inner === '' ? [] : inner.split(',').map((member) => castTo(member, element));
}

function toInteger(value: SqlValue): SqlValue {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  const number = Number(value);
  if (!Number.isFinite(number)) throw new SqlError('22P02', `no integer: ${String(value)}`);
  return Number.isInteger(number) ? number : roundHalfEven(number);
}

/** As PostgreSQL turns double precision into integers. */
function roundHalfEven(number: number): number {
  const floor = Math.floor(number);
  const rest = number - floor;
  if (rest !== 0.5) return Math.round(number);
  return floor % 2 === 0 ? floor : floor + 1;
}

function toText(value: SqlValue): string {
  if (typeof value === 'object') return JSON.stringify(value);
  return String(value);
}

function toTimestamp(value: SqlValue): number {
  if (value instanceof Date) return value.getTime();
  if (typeof value === 'number') return value;
  if (value === 'infinity') return Number.POSITIVE_INFINITY;
  const parsed = Date.parse(String(value));
  if (Number.isNaN(parsed)) throw new SqlError('22007', `no time: ${String(value)}`);
  return parsed;
}

/** The type that two sides of a comparison or branches of a choice have together. */
export function commonType(types: readonly string[]): string {
  const known = types.filter((type) => type !== 'unknown');
  const [first] = known;
  if (first === undefined) return 'unknown';
  if (known.every((type) => type === first)) return first;
  if (known.includes('timestamptz')) return 'timestamptz';
  if (known.every((type) => NUMERIC.has(type))) {
    return known.includes('double precision') ? 'double precision' : 'bigint';
  }
  return first;
}

/** A value as the driver hands it to the application. */
export function toDriver(value: SqlValue, type: string): unknown {
  if (value === null || value === undefined) return null;
  if (type === 'timestamptz' && typeof value === 'number') {
    return Number.isFinite(value) ? new Date(value) : value;
  }
  return value;
}
