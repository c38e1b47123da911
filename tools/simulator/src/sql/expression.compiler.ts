import type { Expression, OrderKey, SelectQuery } from './sql.ast';
import { coerce, coerceAlways, operatorOf } from './operator.compiler';
import { AGGREGATES, PLAIN_FUNCTIONS } from './sql.functions';
import type { Compiled, CompiledOrder, Frame, Run, Scope } from './sql.scope';
import { commonType, compareValues, isSame } from './sql.value';
import type { SqlValue } from './sql.value';

/** Compiles a query inside of an expression: gives the first columns of its rows. */
export type CompileSubquery = (
  select: SelectQuery,
  scope: Scope,
) => { readonly type: string; readonly rows: (frame: Frame) => readonly SqlValue[][] };

type CallOf = Extract<Expression, { kind: 'call' }>;
type KindOf<K extends Expression['kind']> = Extract<Expression, { kind: K }>;

const COMPARE: Readonly<Record<string, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '<>': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

/** Turns expressions into functions of a frame. */
export class ExpressionCompiler {
  constructor(
    private readonly compileSubquery: CompileSubquery,
    /** The type of a function that the database itself defines; undefined: there is none. */
    private readonly typeOfFunction: (name: string) => string | undefined,
  ) {}

  compile = (expression: Expression, scope: Scope): Compiled => {
    switch (expression.kind) {
      case 'literal': {
        const { value, type } = expression;
        return { type, run: () => value };
      }
      case 'parameter':
        return parameter(expression.index);
      case 'column':
        return column(expression, scope);
      case 'unary':
        return this.unary(expression, scope);
      case 'binary':
        return this.binary(expression, scope);
      case 'is-null': {
        const of = this.compile(expression.of, scope).run;
        const { isNot } = expression;
        return { type: 'boolean', run: (frame) => (of(frame) === null) !== isNot };
      }
      case 'is-distinct':
        return this.isDistinct(expression, scope);
      case 'in':
        return this.in(expression, scope);
      case 'any':
        return this.any(expression, scope);
      case 'case':
        return this.case(expression, scope);
      case 'call':
        return this.call(expression, scope);
      case 'cast':
        return coerceAlways(this.compile(expression.of, scope), expression.type);
      case 'row':
      case 'array':
        return this.items(expression, scope);
      case 'subquery':
        return this.subquery(expression, scope);
      case 'exists': {
        const { rows } = this.compileSubquery(expression.select, scope);
        return { type: 'boolean', run: (frame) => rows(frame).length > 0 };
      }
      case 'slice':
        return this.slice(expression, scope);
    }
  };

  order(keys: readonly OrderKey[], scope: Scope): CompiledOrder[] {
    return keys.map(({ by, isDescending, nullsFirst }) => ({
      by: this.compile(by, scope),
      isDescending,
      nullsFirst: nullsFirst ?? isDescending,
    }));
  }

  private unary({ operator, of }: KindOf<'unary'>, scope: Scope): Compiled {
    const { run, type } = this.compile(of, scope);
    if (operator === '-') return { type, run: (frame) => negated(run(frame)) };
    return { type: 'boolean', run: (frame) => opposite(run(frame)) };
  }

  private binary({ operator, left, right }: KindOf<'binary'>, scope: Scope): Compiled {
    const [a, b] = this.alike([this.compile(left, scope), this.compile(right, scope)], operator);
    const [l, r] = [a.run, b.run];
    if (operator === 'and') return { type: 'boolean', run: (frame) => both(l(frame), r, frame) };
    if (operator === 'or') return { type: 'boolean', run: (frame) => either(l(frame), r, frame) };
    const compare = COMPARE[operator];
    if (compare) {
      const run: Run = (frame) => {
        const order = compareValues(l(frame), r(frame));
        return order === null ? null : compare(order);
      };
      return { type: 'boolean', run };
    }
    return operatorOf(operator, a, b);
  }

  /** Literals and parameters take the type of the other side where that is what they mean. */
  private alike(sides: readonly [Compiled, Compiled], operator: string): [Compiled, Compiled] {
    const [a, b] = sides;
    const isOneSided = ['->', '->>', '?', '~', '!~', 'like'].includes(operator);
    if (isOneSided || operator === 'and' || operator === 'or') return [a, b];
    const type = commonType([a.type, b.type]);
    return [coerce(a, type), coerce(b, type)];
  }

  private isDistinct({ left, right, isNot }: KindOf<'is-distinct'>, scope: Scope): Compiled {
    const [a, b] = this.alike([this.compile(left, scope), this.compile(right, scope)], '=');
    const [l, r] = [a.run, b.run];
    return { type: 'boolean', run: (frame) => isSame(l(frame), r(frame)) === isNot };
  }

  private in({ of, list, isNot }: KindOf<'in'>, scope: Scope): Compiled {
    const value = this.compile(of, scope);
    const finish = (found: SqlValue): SqlValue => (isNot ? opposite(found) : found);
    if ('kind' in list) {
      const { rows } = this.compileSubquery(list, scope);
      const run: Run = (frame) => {
        const members = rows(frame).map((row) => (row.length === 1 ? (row[0] ?? null) : row));
        return finish(isMember(value.run(frame), members, COMPARE['='] as never));
      };
      return { type: 'boolean', run };
    }
    const items = list.map((item) => coerce(this.compile(item, scope), value.type).run);
    const run: Run = (frame) => {
      const members = items.map((item) => item(frame));
      return finish(isMember(value.run(frame), members, COMPARE['='] as never));
    };
    return { type: 'boolean', run };
  }

  private any({ operator, left, array, isAll }: KindOf<'any'>, scope: Scope): Compiled {
    const value = this.compile(left, scope);
    const members = coerce(this.compile(array, scope), `${value.type}[]`);
    const compare = COMPARE[operator] as (order: number) => boolean;
    const run: Run = (frame) => {
      const list = members.run(frame) as readonly SqlValue[] | null;
      if (list === null) return null;
      const found = value.run(frame);
      if (!isAll) return isMember(found, list, compare);
      return opposite(isMember(found, list, (order) => !compare(order)));
    };
    return { type: 'boolean', run };
  }

  private case({ operand, whens, otherwise }: KindOf<'case'>, scope: Scope): Compiled {
    const subject = operand && this.compile(operand, scope);
    const branches = whens.map(({ when, then }) => ({
      when: this.compile(when, scope),
      then: this.compile(then, scope),
    }));
    const last = otherwise && this.compile(otherwise, scope);
    const results = [...branches.map(({ then }) => then), ...(last ? [last] : [])];
    const type = commonType(results.map((result) => result.type));
    const ways = branches.map(({ when, then }) => ({ when, then: coerce(then, type).run }));
    const end = last ? coerce(last, type).run : () => null;
    const run: Run = (frame) => {
      for (const { when, then } of ways) {
        const found = when.run(frame);
        const holds = subject ? isSame(subject.run(frame), found) : found === true;
        if (holds) return then(frame);
      }
      return end(frame);
    };
    return { type, run };
  }

  private items(expression: KindOf<'row'> | KindOf<'array'>, scope: Scope): Compiled {
    const items = expression.items.map((item) => this.compile(item, scope));
    const element = commonType(items.map((item) => item.type));
    const type = expression.kind === 'array' ? `${element}[]` : 'record';
    return { type, run: (frame) => items.map((item) => item.run(frame)) };
  }

  private subquery({ select, isArray }: KindOf<'subquery'>, scope: Scope): Compiled {
    const { rows, type } = this.compileSubquery(select, scope);
    if (isArray) {
      return { type: `${type}[]`, run: (frame) => rows(frame).map((row) => row[0] ?? null) };
    }
    return { type, run: (frame) => rows(frame)[0]?.[0] ?? null };
  }

  private slice({ of, from, to, isRange }: KindOf<'slice'>, scope: Scope): Compiled {
    const array = this.compile(of, scope);
    const start = from && this.compile(from, scope).run;
    const end = to && this.compile(to, scope).run;
    const run: Run = (frame) => {
      const list = array.run(frame) as readonly SqlValue[] | null;
      if (list === null) return null;
      const first = start ? (start(frame) as number) : 1;
      if (!isRange) return list[first - 1] ?? null;
      return list.slice(first - 1, end ? (end(frame) as number) : undefined);
    };
    return { type: isRange ? array.type : array.type.replace(/\[\]$/, ''), run };
  }

  private call(call: CallOf, scope: Scope): Compiled {
    if (call.over) return this.window(call, scope);
    if (AGGREGATES[call.name] && scope.mayAggregate) return this.aggregate(call, scope);
    const args = call.args.map((arg) => this.compile(arg, scope));
    if (call.name === 'coalesce') return coalesce(args);
    if (call.name === 'nullif') return nullIf(args);
    const plain = PLAIN_FUNCTIONS[call.name];
    const types = args.map(({ type }) => type);
    if (plain) {
      const type = typeof plain.type === 'string' ? plain.type : plain.type(types);
      const isChoice = call.name === 'greatest' || call.name === 'least';
      const runs = args.map((arg) => (isChoice ? coerce(arg, commonType(types)) : arg).run);
      return { type, run: callPlain(plain, runs) };
    }
    const type = this.typeOfFunction(call.name);
    if (type === undefined)
      throw new Error(`function that the simulator does not know: ${call.name}`);
    const { name } = call;
    const run: Run = (frame) =>
      callFunction(
        name,
        args.map((arg) => arg.run(frame)),
        frame,
      );
    return { type, run };
  }

  private aggregate(call: CallOf, scope: Scope): Compiled {
    scope.mayAggregate = false;
    const argument = call.args[0] && this.compile(call.args[0], scope);
    const orderBy = this.order(call.orderBy, scope);
    const filter = call.filter && this.compile(call.filter, scope);
    scope.mayAggregate = true;
    const at = scope.aggregates.length;
    const { name, isDistinct } = call;
    scope.aggregates.push({ name, argument, isDistinct, orderBy, filter });
    const type = AGGREGATES[name]?.type(argument?.type ?? 'bigint') ?? 'unknown';
    return { type, run: (frame) => frame.aggregates[at] ?? null };
  }

  private window(call: CallOf, scope: Scope): Compiled {
    const argument = call.args[0] && this.compile(call.args[0], scope);
    const partitionBy = (call.over?.partitionBy ?? []).map((by) => this.compile(by, scope));
    const orderBy = this.order(call.over?.orderBy ?? [], scope);
    const at = scope.windows.length;
    scope.windows.push({ name: call.name, argument, partitionBy, orderBy });
    const type = AGGREGATES[call.name]?.type(argument?.type ?? 'bigint') ?? 'bigint';
    return { type, run: (frame) => frame.windows[at] ?? null };
  }
}

function callFunction(name: string, args: readonly SqlValue[], { execution }: Frame): SqlValue {
  if (name === 'weir_now' || name === 'clock_timestamp') return execution.clock;
  return execution.callFunction({ name, args, execution });
}

function parameter(index: number): Compiled {
  return { type: 'unknown', run: ({ execution }) => execution.parameters[index] ?? null };
}

function column({ table, name }: KindOf<'column'>, scope: Scope): Compiled {
  const { depth, slot, at, type } = scope.resolve(table, name);
  if (depth === 0) return { type, run: (frame) => frame.rows[slot]?.[at] ?? null };
  const run: Run = (frame) => {
    let found: Frame | undefined = frame;
    for (let level = 0; level < depth; level += 1) found = found?.outer;
    return found?.rows[slot]?.[at] ?? null;
  };
  return { type, run };
}

function isMember(
  value: SqlValue,
  list: readonly SqlValue[],
  compare: (order: number) => boolean,
): SqlValue {
  let isUnknown = value === null && list.length > 0;
  for (const item of list) {
    const order = compareValues(value, item);
    if (order === null) isUnknown = true;
    else if (compare(order)) return true;
  }
  return isUnknown ? null : false;
}

function opposite(value: SqlValue): SqlValue {
  return value === null ? null : value !== true;
}

function negated(value: SqlValue): SqlValue {
  return value === null ? null : -(value as number);
}

function both(left: SqlValue, right: Run, frame: Frame): SqlValue {
  if (left === false) return false;
  const other = right(frame);
  if (other === false) return false;
  return left === null || other === null ? null : true;
}

function either(left: SqlValue, right: Run, frame: Frame): SqlValue {
  if (left === true) return true;
  const other = right(frame);
  if (other === true) return true;
  return left === null || other === null ? null : false;
}

function coalesce(args: readonly Compiled[]): Compiled {
  const type = commonType(args.map((arg) => arg.type));
  const runs = args.map((arg) => coerce(arg, type).run);
  const run: Run = (frame) => {
    for (const one of runs) {
      const value = one(frame);
      if (value !== null) return value;
    }
    return null;
  };
  return { type, run };
}

function nullIf(args: readonly Compiled[]): Compiled {
  const [value, other] = args as [Compiled, Compiled];
  const compared = coerce(other, value.type);
  const run: Run = (frame) => {
    const found = value.run(frame);
    return isSame(found, compared.run(frame)) ? null : found;
  };
  return { type: value.type, run };
}

function callPlain(
  plain: { readonly takesNull?: boolean; readonly run: (args: readonly SqlValue[]) => SqlValue },
  args: readonly Run[],
): Run {
  return (frame) => {
    const values = args.map((arg) => arg(frame));
    if (!plain.takesNull && values.includes(null)) return null;
    return plain.run(values);
  };
}
