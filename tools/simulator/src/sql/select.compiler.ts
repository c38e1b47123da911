import { ExpressionCompiler } from './expression.compiler';
import { newFrame, readJoin, stillMatches } from './join.reader';
import { aggregateOver, compareBy, groupFrames, numberWindows } from './row.grouping';
import { SourceCompiler } from './source.compiler';
import type { CompiledQuery, CompiledSource, CompileQuery } from './source.compiler';
import type { Expression, LockClause, SelectItem, SelectQuery } from './sql.ast';
import type { Catalog } from './sql.catalog';
import { MANY_ROWS } from './sql.functions';
import { Scope } from './sql.scope';
import type { Compiled, CompiledOrder, Execution, Frame } from './sql.scope';
import type { SqlTransaction } from './sql.transaction';
import { MustWait } from './sql.transaction';
import type { Values } from './stored.table';
import { SqlError, isSame } from './sql.value';

/** What queries of every kind are compiled with. */
export interface CompilerParts {
  readonly catalog: Catalog;
  readonly expressions: ExpressionCompiler;
  readonly compileQuery: CompileQuery;
}

/** A frame with what is chosen from it and what it is sorted by. */
interface Chosen {
  readonly frame: Frame;
  readonly values: Values;
}

interface SelectShape {
  readonly select: SelectQuery;
  readonly scope: Scope;
  readonly sources: readonly CompiledSource[];
  readonly items: readonly (Compiled & { readonly name: string })[];
  readonly groupBy: readonly Compiled[];
  readonly having: Compiled | undefined;
  readonly orderBy: readonly CompiledOrder[];
  readonly distinctOn: readonly Compiled[] | undefined;
  readonly limit: Compiled | undefined;
  readonly isGrouped: boolean;
}

/** Compiles a select with its unions; common tables are in the scope already. */
export function compileSelect(
  parts: CompilerParts,
  select: SelectQuery,
  outer: Scope | undefined,
): CompiledQuery {
  const first = compileOne(parts, select, outer);
  if (select.union.length === 0) return first;
  const others = select.union.map((member) => ({
    isAll: member.isAll,
    query: compileOne(parts, member.select, outer),
  }));
  const run = (execution: Execution, frame: Frame | undefined): readonly Values[] => {
    let rows = [...first.run(execution, frame)];
    for (const { isAll, query } of others) {
      rows.push(...query.run(execution, frame));
      if (!isAll) rows = withoutTwins(rows);
    }
    return rows;
  };
  return { columns: first.columns, run };
}

function compileOne(
  parts: CompilerParts,
  select: SelectQuery,
  outer: Scope | undefined,
): CompiledQuery {
  const shape = compileShape(parts, withRowsInFrom(select), outer);
  const columns = shape.items.map(({ name, type }) => ({ name, type }));
  const run = (execution: Execution, frame: Frame | undefined): readonly Values[] =>
    runSelect(shape, execution, frame);
  return { columns, run };
}

/** `select f(x)` of a function that gives many rows means `select * from f(x)`. */
function withRowsInFrom(select: SelectQuery): SelectQuery {
  const [item] = select.items;
  const call = item?.of;
  if (select.from.length > 0 || call?.kind !== 'call' || !MANY_ROWS[call.name]) return select;
  const { name, args } = call;
  const source = { kind: 'call', name, args, hasOrdinality: false } as const;
  const rest = { alias: name, columns: undefined, on: undefined, using: undefined };
  const items = [{ of: undefined, as: undefined, star: '' }];
  return { ...select, items, from: [{ join: 'cross', source, ...rest }] };
}

function compileShape(
  parts: CompilerParts,
  select: SelectQuery,
  outer: Scope | undefined,
): SelectShape {
  const { expressions } = parts;
  const scope = new Scope(outer);
  const compiler = new SourceCompiler(parts, scope);
  for (const item of select.from) compiler.add(item);
  const sources = compiler.finish(select.where);
  scope.mayAggregate = true;
  const items = compileItems(expressions, select.items, scope);
  const having = select.having && expressions.compile(select.having, scope);
  const orderBy = compileOrder(expressions, select, items, scope);
  scope.mayAggregate = false;
  const groupBy = select.groupBy.map((by) => expressions.compile(by, scope));
  const distinctOn =
    select.distinctOn === 'all'
      ? items
      : select.distinctOn?.map((by) => expressions.compile(by, scope));
  const limit = select.limit && expressions.compile(select.limit, scope);
  const isGrouped = groupBy.length > 0 || scope.aggregates.length > 0;
  return {
    select,
    scope,
    sources,
    items,
    groupBy,
    having,
    orderBy,
    distinctOn,
    limit,
    isGrouped,
  };
}

/** The items of a select or of `returning`, with stars spelled out. */
export function compileItems(
  expressions: ExpressionCompiler,
  items: readonly SelectItem[],
  scope: Scope,
): (Compiled & { readonly name: string })[] {
  return items.flatMap(({ of, as, star }) => {
    if (of) return [{ ...expressions.compile(of, scope), name: as ?? nameOf(of) }];
    return scope.sources.flatMap(({ alias, columns }) => {
      if (star !== '' && star !== alias) return [];
      return columns.map(({ name }) => ({
        ...expressions.compile({ kind: 'column', table: alias, name }, scope),
        name,
      }));
    });
  });
}

/** What PostgreSQL calls a column that nobody named. */
function nameOf(expression: Expression): string {
  const { kind } = expression;
  if (kind === 'column' || kind === 'call') return expression.name;
  if (kind === 'cast') return nameOf(expression.of);
  return kind === 'case' || kind === 'exists' ? kind : '?column?';
}

/** `order by` may also name an item of the select. */
function compileOrder(
  expressions: ExpressionCompiler,
  select: SelectQuery,
  items: readonly (Compiled & { readonly name: string })[],
  scope: Scope,
): CompiledOrder[] {
  const compiled = (by: Expression): Compiled => {
    const item =
      by.kind === 'column' && by.table === undefined
        ? items.find(({ name }) => name === by.name)
        : undefined;
    return item ?? expressions.compile(by, scope);
  };
  return select.orderBy.map(({ by, isDescending, nullsFirst }) => ({
    by: compiled(by),
    isDescending,
    nullsFirst: nullsFirst ?? isDescending,
  }));
}

function runSelect(
  shape: SelectShape,
  execution: Execution,
  outer: Frame | undefined,
): readonly Values[] {
  const { select, sources, items, scope, isGrouped } = shape;
  let frames =
    sources.length === 0
      ? fromNothing(shape, execution, outer)
      : readJoin(sources, execution, outer);
  if (isGrouped) {
    const empty = newFrame(execution, outer);
    const groups = groupFrames(frames, shape.groupBy);
    frames = groups.map((group) => aggregateOver(group, scope.aggregates, empty));
    if (shape.having) frames = frames.filter((frame) => shape.having?.run(frame) === true);
  }
  if (scope.windows.length > 0) numberWindows(frames, scope.windows);
  if (shape.orderBy.length > 0) frames.sort(compareBy(shape.orderBy));
  if (select.lock) frames = lockFrames(shape, select.lock, frames);
  const chosen = frames.map((frame) => ({ frame, values: items.map((item) => item.run(frame)) }));
  return bounded(shape, distinct(shape, chosen), newFrame(execution, outer));
}

function fromNothing(
  { select, scope }: SelectShape,
  execution: Execution,
  outer: Frame | undefined,
): Frame[] {
  if (select.where) throw new Error(`a condition without a source: ${scope.sources.length}`);
  return [newFrame(execution, outer)];
}

function distinct({ distinctOn }: SelectShape, chosen: Chosen[]): Chosen[] {
  if (!distinctOn) return chosen;
  const seen: Values[] = [];
  return chosen.filter(({ frame }) => {
    const key = distinctOn.map((by) => by.run(frame));
    if (seen.some((other) => isSame(other, key))) return false;
    seen.push(key);
    return true;
  });
}

function bounded({ limit }: SelectShape, chosen: Chosen[], frame: Frame): readonly Values[] {
  const rows = chosen.map(({ values }) => values);
  const most = limit?.run(frame) ?? null;
  return most === null ? rows : rows.slice(0, Number(most));
}

function withoutTwins(rows: Values[]): Values[] {
  return rows.filter((row, at) => rows.findIndex((other) => isSame(other, row)) === at);
}

/** Locks what was found, in its order; what changed while it waited is looked at again. */
function lockFrames(shape: SelectShape, lock: LockClause, frames: Frame[]): Frame[] {
  const { sources } = shape;
  const slots = [...sources.keys()].filter((slot) => {
    const source = sources[slot];
    return source?.table !== undefined && (lock.of?.includes(source.shape.alias) ?? true);
  });
  const limit = shape.limit ? Number(shape.limit.run(frames[0] as Frame)) : frames.length;
  const locked: Frame[] = [];
  for (const frame of frames) {
    if (locked.length >= limit) break;
    if (slots.every((slot) => lockSlot(frame, slot, lock)) && stillMatches(sources, frame)) {
      locked.push(frame);
    }
  }
  return locked;
}

/** @returns false when the row is to be left out: it is gone, or locked and to be skipped. */
function lockSlot(frame: Frame, slot: number, lock: LockClause): boolean {
  const tuple = frame.tuples[slot];
  if (!tuple) return true;
  const { transaction, now } = frame.execution;
  try {
    transaction.lock(tuple, lock.mode);
  } catch (error) {
    if (!(error instanceof MustWait) || lock.onConflict === 'wait') throw error;
    if (lock.onConflict === 'skip') return false;
    throw new SqlError('55P03', 'could not obtain lock on row');
  }
  frame.execution.clock = now();
  return refreshRow(frame, slot, transaction);
}

/**
 * Puts the newest version of a locked row into the frame, as READ COMMITTED does.
 * @returns false when the row was deleted.
 */
export function refreshRow(frame: Frame, slot: number, transaction: SqlTransaction): boolean {
  const tuple = frame.tuples[slot];
  const newest = tuple?.newestFor(transaction) ?? null;
  const isNewer = tuple !== undefined && tuple.sequence > transaction.snapshot;
  if (!isNewer || tuple.writer === transaction) return newest !== null;
  if (transaction.isRepeatable) {
    throw new SqlError('40001', 'could not serialize access due to concurrent update');
  }
  frame.execution.clock = frame.execution.now();
  if (newest === null) return false;
  frame.rows[slot] = newest;
  return true;
}
