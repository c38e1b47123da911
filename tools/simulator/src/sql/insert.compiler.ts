import { coerce } from './operator.compiler';
import { newFrame } from './join.reader';
import { fireBefore } from './row.triggers';
import type { CompilerParts } from './select.compiler';
import type { CompiledQuery } from './source.compiler';
import type { InsertQuery } from './sql.ast';
import { Scope } from './sql.scope';
import type { Execution, Frame, Run } from './sql.scope';
import type { StoredTable, UniqueKey, Values } from './stored.table';
import { StoredRow } from './stored.table';
import { SqlError, castTo } from './sql.value';
import type { SqlValue } from './sql.value';
import { MustWait } from './sql.transaction';
import {
  applySet,
  assertFits,
  compileReturning,
  compileSet,
  frameOf,
  noteChanges,
} from './write.compiler';
import type { NotedChanges } from './write.compiler';

interface CompiledConflict {
  readonly keys: readonly UniqueKey[];
  readonly set: ReturnType<typeof compileSet> | undefined;
  readonly where: Run | undefined;
}

interface CompiledInsert {
  readonly table: StoredTable;
  readonly positions: readonly number[];
  readonly rows: (execution: Execution, outer: Frame | undefined) => readonly Values[];
  readonly defaults: readonly (Run | undefined)[];
  readonly conflict: CompiledConflict | undefined;
}

/** A cell that takes the column's default. */
const DEFAULT = Symbol('default');

export function compileInsert(
  parts: CompilerParts,
  query: InsertQuery,
  outer: Scope | undefined,
): CompiledQuery {
  const table = parts.catalog.getTable(query.table);
  const scope = new Scope(outer);
  scope.sources.push({ alias: query.alias, columns: table.columns });
  const insert = compileParts(parts, query, { table, scope, outer });
  const items = compileReturning(parts, query.returning, scope);
  const run = (execution: Execution, outerFrame: Frame | undefined): Values[] => {
    const inserted = noteChanges(execution, table, 'insert');
    const updated = noteChanges(execution, table, 'update');
    const written: Values[] = [];
    for (const cells of insert.rows(execution, outerFrame)) {
      const values = fillIn(insert, cells, execution);
      const result = insertRow(insert, values, execution, { inserted, updated });
      if (result) written.push(result);
    }
    return written.map((values) => {
      const frame = frameOf(execution, [values]);
      return items.map((item) => item.run(frame));
    });
  };
  return { columns: items.map(({ name, type }) => ({ name, type })), run };
}

function compileParts(
  parts: CompilerParts,
  query: InsertQuery,
  { table, scope, outer }: { table: StoredTable; scope: Scope; outer: Scope | undefined },
): CompiledInsert {
  const positions = (query.columns ?? table.columns.map(({ name }) => name)).map((name) =>
    table.position(name),
  );
  const nothing = new Scope(undefined);
  const defaults = table.columns.map(({ fallback, type }) =>
    fallback ? coerce(parts.expressions.compile(fallback, nothing), type).run : undefined,
  );
  const rows = compileRows(parts, query, { table, positions, outer });
  const { conflict } = query;
  if (!conflict) return { table, positions, rows, defaults, conflict: undefined };
  const both = new Scope(outer);
  both.sources.push(...scope.sources, { alias: 'excluded', columns: table.columns });
  const keys = conflict.columns ? [keyNamed(table, conflict.columns)] : table.uniques;
  const set = conflict.set && compileSet(parts, table, conflict.set, both);
  const where = conflict.where && parts.expressions.compile(conflict.where, both).run;
  return { table, positions, rows, defaults, conflict: { keys, set, where } };
}

function compileRows(
  parts: CompilerParts,
  { source }: InsertQuery,
  into: {
    readonly table: StoredTable;
    readonly positions: readonly number[];
    readonly outer: Scope | undefined;
  },
): CompiledInsert['rows'] {
  if (source.kind === 'query') return parts.compileQuery(source.query, into.outer).run;
  const scope = new Scope(into.outer);
  const rows = source.rows.map((row) =>
    row.map((cell, at) => {
      if (cell === 'default') return () => DEFAULT;
      const type = into.table.columns[into.positions[at] ?? 0]?.type ?? 'unknown';
      return coerce(parts.expressions.compile(cell, scope), type).run;
    }),
  );
  return (execution, outer) => {
    const frame = newFrame(execution, outer);
    return rows.map((row) => row.map((cell) => cell(frame)));
  };
}

function keyNamed(table: StoredTable, columns: readonly string[]): UniqueKey {
  const wanted = columns.map((name) => table.position(name));
  const key = table.uniques.find(
    (unique) =>
      unique.columns.length === wanted.length && wanted.every((at) => unique.columns.includes(at)),
  );
  if (!key) throw new SqlError('42P10', `no unique key of ${table.name} has these columns`);
  return key;
}

function fillIn(insert: CompiledInsert, cells: Values, execution: Execution): Values {
  const { table, positions, defaults } = insert;
  const frame = newFrame(execution, undefined);
  const given = new Map(positions.map((position, at) => [position, cells[at] ?? null]));
  return table.columns.map(({ type, isIdentity }, at): SqlValue => {
    const value = given.has(at) ? given.get(at) : DEFAULT;
    if (value !== DEFAULT) return castTo(value, type);
    if (isIdentity) return (table.identity += 1);
    return castTo(defaults[at]?.(frame) ?? null, type);
  });
}

function insertRow(
  { table, conflict }: CompiledInsert,
  given: Values,
  execution: Execution,
  noted: { readonly inserted: NotedChanges; readonly updated: NotedChanges },
): Values | undefined {
  const { transaction } = execution;
  const values = fireBefore(table, { before: null, after: given }, execution);
  if (!values) return undefined;
  assertFits(table, values, { execution, isNew: true });
  const twin = findTwin(table, values, execution);
  if (!twin) {
    const row = new StoredRow();
    transaction.lock(row, 'update');
    transaction.write(table, row, values);
    noted.inserted.after.push(values);
    return values;
  }
  if (!conflict?.keys.includes(twin.key)) {
    throw new SqlError('23505', `duplicate key in ${table.name}`);
  }
  return conflict.set && updateTwin(table, conflict, { row: twin.row, values, execution, noted });
}

function findTwin(
  table: StoredTable,
  values: Values,
  { transaction }: Execution,
): { readonly row: StoredRow; readonly key: UniqueKey } | undefined {
  for (const key of table.uniques) {
    const row = table.findTwin(values, key, (other) =>
      other.writer && other.writer !== transaction
        ? (other.pending ?? other.committed)
        : other.newestFor(transaction),
    );
    if (!row) continue;
    const isUndecided =
      row.writer !== undefined &&
      row.writer !== transaction &&
      (row.committed === null || row.pending === null);
    if (isUndecided && row.writer) throw new MustWait([row.writer]);
    return { row, key };
  }
  return undefined;
}

function updateTwin(
  table: StoredTable,
  conflict: CompiledConflict,
  twin: {
    readonly row: StoredRow;
    readonly values: Values;
    readonly execution: Execution;
    readonly noted: { readonly updated: NotedChanges };
  },
): Values | undefined {
  const { row, values, execution, noted } = twin;
  execution.transaction.lock(row, 'update');
  const before = row.newestFor(execution.transaction);
  if (before === null) return undefined;
  const frame = frameOf(execution, [before, values]);
  if (conflict.where && conflict.where(frame) !== true) return undefined;
  const after = applySet(before, conflict.set ?? [], frame);
  const written = fireBefore(table, { before, after }, execution);
  if (!written) return undefined;
  assertFits(table, written, { execution, isNew: false });
  execution.transaction.write(table, row, written);
  noted.updated.before.push(before);
  noted.updated.after.push(written);
  return written;
}
