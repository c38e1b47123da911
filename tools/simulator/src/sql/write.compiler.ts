import { coerce } from './operator.compiler';
import { readJoin, newFrame, stillMatches } from './join.reader';
import { fireBefore } from './row.triggers';
import { compileItems, refreshRow } from './select.compiler';
import type { CompilerParts } from './select.compiler';
import { SourceCompiler } from './source.compiler';
import type { CompiledQuery, CompiledSource } from './source.compiler';
import type { Assignment, DeleteQuery, SelectItem, UpdateQuery } from './sql.ast';
import { Scope } from './sql.scope';
import type { Execution, Frame, Run, TableChange } from './sql.scope';
import type { StoredTable, Values } from './stored.table';
import { SqlError } from './sql.value';
import { castTo } from './sql.value';
import { MustWait } from './sql.transaction';

interface CompiledSet {
  readonly at: number;
  readonly run: Run;
}

/** Compiles `set a = 1, b = 2` for a table. */
export function compileSet(
  parts: CompilerParts,
  table: StoredTable,
  set: readonly Assignment[],
  scope: Scope,
): CompiledSet[] {
  return set.map(({ column, value }) => {
    const at = table.position(column);
    const type = table.columns[at]?.type ?? 'unknown';
    const compiled = coerce(parts.expressions.compile(value, scope), type);
    return { at, run: (frame) => castTo(compiled.run(frame), type) };
  });
}

export function applySet(values: Values, set: readonly CompiledSet[], frame: Frame): Values {
  const next = [...values];
  for (const { at, run } of set) next[at] = run(frame);
  return next;
}

export function compileReturning(
  parts: CompilerParts,
  returning: readonly SelectItem[] | undefined,
  scope: Scope,
) {
  return compileItems(parts.expressions, returning ?? [], scope);
}

/** Compiles an update or a delete: the rows of the other sources first, then the target's. */
export function compileChange(
  parts: CompilerParts,
  query: UpdateQuery | DeleteQuery,
  outer: Scope | undefined,
): CompiledQuery {
  const table = parts.catalog.getTable(query.table);
  const scope = new Scope(outer);
  const compiler = new SourceCompiler(parts, scope);
  for (const item of query.from) compiler.add(item);
  compiler.addTable(table, query.alias);
  const sources = compiler.finish(query.where);
  const set = query.kind === 'update' ? compileSet(parts, table, query.set, scope) : undefined;
  const items = compileReturning(parts, query.returning, scope);
  const change = { table, sources, set };
  const run = (execution: Execution, outerFrame: Frame | undefined): Values[] => {
    const frames = readJoin(sources, execution, outerFrame);
    const noted = noteChanges(execution, table, set ? 'update' : 'delete');
    const changed = frames.filter((frame) => changeRow(change, frame, noted));
    return changed.map((frame) => items.map((item) => item.run(frame)));
  };
  return { columns: items.map(({ name, type }) => ({ name, type })), run };
}

export interface NotedChanges {
  readonly before: Values[];
  readonly after: Values[];
}

export function noteChanges(
  execution: Execution,
  table: StoredTable,
  event: TableChange['event'],
): NotedChanges {
  const noted = { table, event, before: [] as Values[], after: [] as Values[] };
  if (table.triggers.some((trigger) => trigger.event === event)) execution.changes.push(noted);
  return noted;
}

/** @returns false when the row does not match any more, or was changed by this statement. */
function changeRow(
  change: {
    readonly table: StoredTable;
    readonly sources: readonly CompiledSource[];
    readonly set: readonly CompiledSet[] | undefined;
  },
  frame: Frame,
  noted: NotedChanges,
): boolean {
  const { table, sources, set } = change;
  const slot = sources.length - 1;
  const tuple = frame.tuples[slot];
  const { transaction } = frame.execution;
  if (!tuple) return false;
  const isWrittenNow = tuple.writer === transaction && tuple.statement === transaction.statement;
  if (isWrittenNow) return false;
  transaction.lock(tuple, 'update');
  const seen = frame.rows[slot];
  if (!refreshRow(frame, slot, transaction)) return false;
  if (frame.rows[slot] !== seen && !stillMatches(sources, frame)) return false;
  const before = frame.rows[slot] as Values;
  const after = set ? applySet(before, set, frame) : null;
  const written = fireBefore(table, { before, after }, frame.execution);
  if (written) assertFits(table, written, { execution: frame.execution, isNew: false });
  transaction.write(table, tuple, written);
  noted.before.push(before);
  if (written) noted.after.push(written);
  frame.rows[slot] = written ?? before;
  return true;
}

/** @throws SqlError 23502, 23514, 23505 as PostgreSQL does. */
export function assertFits(
  table: StoredTable,
  values: Values,
  { execution, isNew }: { readonly execution: Execution; readonly isNew: boolean },
): void {
  for (const [at, column] of table.columns.entries()) {
    if (column.isNotNull && (values[at] ?? null) === null) {
      throw new SqlError('23502', `null in ${table.name}.${column.name}`);
    }
  }
  for (const check of table.checks) {
    if (!check.holds(values)) throw new SqlError('23514', `a row violates ${check.name}`);
  }
  if (isNew) return;
  const { transaction } = execution;
  for (const key of table.uniques) {
    if (key.columns === table.primary) continue;
    const twin = table.findTwin(values, key, (row) => {
      const isSelf = row.writer === transaction && row.pending === values;
      return isSelf ? null : (row.newestFor(transaction) ?? row.pending);
    });
    if (!twin) continue;
    const own = table.find(table.keyOf(values));
    if (twin === own) continue;
    if (twin.writer && twin.writer !== transaction) throw new MustWait([twin.writer]);
    throw new SqlError('23505', `duplicate key in ${table.name}`);
  }
}

/** A frame whose only sources are the given rows, for `on conflict` and checks. */
export function frameOf(execution: Execution, rows: readonly Values[]): Frame {
  const frame = newFrame(execution, undefined);
  frame.rows.push(...rows);
  return frame;
}
