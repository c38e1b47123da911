import { applyOperator } from './sql.functions';
import type { Compiled } from './sql.scope';
import { castTo, commonType, contains } from './sql.value';
import type { SqlValue } from './sql.value';

/** Gives something without a type of its own the type that its place asks for. */
export function coerce(compiled: Compiled, type: string): Compiled {
  if (compiled.type !== 'unknown' || type === 'unknown' || type === 'unknown[]') return compiled;
  return coerceAlways(compiled, type);
}

export function coerceAlways({ run, type: from }: Compiled, type: string): Compiled {
  if (from === type) return { run, type };
  return { type, run: (frame) => castTo(run(frame), type) };
}

/** An operator that gives null when either side is null. */
export function operatorOf(operator: string, a: Compiled, b: Compiled): Compiled {
  const [l, r] = [a.run, b.run];
  const strict = (
    type: string,
    apply: (left: SqlValue, right: SqlValue) => SqlValue,
  ): Compiled => ({
    type,
    run: (frame) => {
      const left = l(frame);
      const right = r(frame);
      return left === null || right === null ? null : apply(left, right);
    },
  });
  switch (operator) {
    case '/':
      return a.type === 'integer' || a.type === 'bigint'
        ? strict(a.type, (left, right) => Math.trunc((left as number) / (right as number)))
        : strict(a.type, (left, right) => (left as number) / (right as number));
    case '||':
      return strict(a.type === 'unknown' ? b.type : a.type, join);
    case '->':
      return strict('jsonb', (left, right) => member(left, right));
    case '->>':
      return strict('text', (left, right) => castTo(member(left, right), 'text'));
    case '?':
      return strict('boolean', (left, right) => (right as string) in (left as object));
    case '@>':
      return strict('boolean', contains);
    case '&&':
      return strict('boolean', overlaps);
    case '<@':
      return strict('boolean', (left, right) => contains(right, left));
    default:
      return strict(resultType(operator, a.type, b.type), (left, right) =>
        applyOperator(operator, left, right),
      );
  }
}

function resultType(operator: string, left: string, right: string): string {
  if (operator === '~' || operator === '!~' || operator === 'like') return 'boolean';
  const isTime = (type: string): boolean => type === 'timestamptz';
  if (isTime(left) && isTime(right)) return 'interval';
  if (isTime(left) || isTime(right)) return 'timestamptz';
  if (left === 'interval' || right === 'interval') return 'interval';
  return commonType([left, right]);
}

function join(left: SqlValue, right: SqlValue): SqlValue {
  if (Array.isArray(left) || Array.isArray(right)) return [left, right].flat() as SqlValue;
  if (typeof left === 'object') return { ...left, ...(right as object) };
  return `${String(left)}${String(right)}`;
}

function overlaps(left: SqlValue, right: SqlValue): boolean {
  return (left as SqlValue[]).some((one) => (right as SqlValue[]).includes(one));
}

function member(of: SqlValue, key: SqlValue): SqlValue {
  return (of as Record<string, SqlValue>)[key as string] ?? null;
}
