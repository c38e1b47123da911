import type { Expression, FromItem, Query } from './sql.ast';
import type { Catalog } from './sql.catalog';
import type { ExpressionCompiler } from './expression.compiler';
import type { Execution, Frame, Run, Scope, ShapeColumn, SourceShape } from './sql.scope';
import type { StoredRow, StoredTable, Values } from './stored.table';
import { MANY_ROWS } from './sql.functions';
import type { SqlValue } from './sql.value';

/** A row of a source, and what it is a version of. */
export interface SourceRow {
  readonly values: Values;
  readonly tuple: StoredRow | undefined;
}

/** One source of a query, ready to be read row by row. */
export interface CompiledSource {
  readonly shape: SourceShape;
  readonly isLeft: boolean;
  /** What decides whether a row matches those before it. */
  on: Run[];
  /** Parts of `where` that can be decided once this source has its row. */
  filters: Run[];
  table: StoredTable | undefined;
  /** The whole primary key, from what is known before. */
  key: Run[] | undefined;
  readonly read: (frame: Frame) => Iterable<SourceRow>;
}

export interface CompiledQuery {
  readonly columns: readonly ShapeColumn[];
  readonly run: (execution: Execution, outer: Frame | undefined) => readonly Values[];
}

export type CompileQuery = (query: Query, scope: Scope | undefined) => CompiledQuery;

/** `a and b and c` as a list. */
export function conjunctsOf(expression: Expression | undefined): Expression[] {
  if (!expression) return [];
  if (expression.kind === 'binary' && expression.operator === 'and') {
    return [...conjunctsOf(expression.left), ...conjunctsOf(expression.right)];
  }
  return [expression];
}

/** Compiles the sources of one query, and spreads its conditions over them. */
export class SourceCompiler {
  private readonly sources: CompiledSource[] = [];
  /** Conditions of the form column = something, by source: what a key may be made of. */
  private readonly equalities: { slot: number; at: number; run: Run; needs: Set<number> }[] = [];

  constructor(
    private readonly parts: {
      readonly catalog: Catalog;
      readonly expressions: ExpressionCompiler;
      readonly compileQuery: CompileQuery;
    },
    private readonly scope: Scope,
  ) {}

  add(item: FromItem): void {
    const slot = this.sources.length;
    const source = this.compileSource(item);
    this.scope.sources.push(source.shape);
    this.sources.push(source);
    for (const name of item.using ?? []) {
      const left = this.sources.find(({ shape }) => shape.columns.some((c) => c.name === name));
      const equal: Expression = {
        kind: 'binary',
        operator: '=',
        left: { kind: 'column', table: left?.shape.alias, name },
        right: { kind: 'column', table: source.shape.alias, name },
      };
      source.on.push(this.condition(equal).run);
    }
    for (const part of conjunctsOf(item.on)) {
      const { run, last } = this.condition(part);
      // What an inner join says of an earlier source must not count as that one's own condition.
      if (source.isLeft || last < 0 || last === slot) source.on.push(run);
      else this.sources[last]?.filters.push(run);
    }
  }

  /** Target of an update or delete: a table that is the last source. */
  addTable(table: StoredTable, alias: string): void {
    const source = this.tableSource(table, alias, false);
    this.scope.sources.push(source.shape);
    this.sources.push(source);
  }

  finish(where: Expression | undefined): readonly CompiledSource[] {
    for (const part of conjunctsOf(where)) {
      const { run, last } = this.condition(part);
      this.sources[Math.max(0, last)]?.filters.push(run);
    }
    for (const [slot, source] of this.sources.entries()) this.chooseKey(slot, source);
    return this.sources;
  }

  private condition(part: Expression): { run: Run; last: number } {
    const { scope } = this;
    const outerUse = scope.used;
    scope.used = new Set();
    const { run } = this.parts.expressions.compile(part, scope);
    const last = Math.max(-1, ...scope.used);
    this.noteEquality(part);
    scope.used = outerUse;
    return { run, last };
  }

  private noteEquality(part: Expression): void {
    if (part.kind !== 'binary' || part.operator !== '=') return;
    for (const [column, other] of [
      [part.left, part.right],
      [part.right, part.left],
    ] as const) {
      if (column.kind !== 'column') continue;
      const { depth, slot, at, type } = this.scope.resolve(column.table, column.name);
      if (depth > 0) continue;
      this.scope.used = new Set();
      const compiled = this.parts.expressions.compile(
        { kind: 'cast', of: other, type },
        this.scope,
      );
      this.equalities.push({ slot, at, run: compiled.run, needs: this.scope.used });
    }
  }

  private chooseKey(slot: number, source: CompiledSource): void {
    const { table } = source;
    if (!table || table.primary.length === 0) return;
    const usable = this.equalities.filter(
      (equality) => equality.slot === slot && [...equality.needs].every((needed) => needed < slot),
    );
    const key = table.primary.map((at) => usable.find((equality) => equality.at === at)?.run);
    if (key.every((run) => run !== undefined)) source.key = key;
  }

  private compileSource({ source, alias, columns, join }: FromItem): CompiledSource {
    const isLeft = join === 'left';
    switch (source.kind) {
      case 'table':
        return this.namedSource(source.name, alias, isLeft);
      case 'query': {
        const compiled = this.parts.compileQuery(source.query, this.scope);
        const shape = { alias, columns: renamed(compiled.columns, columns) };
        const read = (frame: Frame) => plainRows(compiled.run(frame.execution, frame));
        return { ...emptySource(shape, isLeft), read };
      }
      case 'values': {
        const rows = source.rows.map((row) =>
          row.map((cell) => this.parts.expressions.compile(cell, this.scope)),
        );
        const types = (rows[0] ?? []).map(({ type }, at) => ({ name: `column${at + 1}`, type }));
        const shape = { alias, columns: renamed(types, columns) };
        const read = (frame: Frame) =>
          plainRows(rows.map((row) => row.map((cell) => cell.run(frame))));
        return { ...emptySource(shape, isLeft), read };
      }
      case 'call':
        return this.callSource({ source, alias, columns }, isLeft);
    }
  }

  private namedSource(name: string, alias: string, isLeft: boolean): CompiledSource {
    const common = this.scope.findCommon(name);
    if (common) {
      const shape = { alias, columns: common.columns };
      const read = (frame: Frame) => plainRows(common.run(frame.execution));
      return { ...emptySource(shape, isLeft), read };
    }
    const table = this.parts.catalog.findTable(name);
    if (table) return this.tableSource(table, alias, isLeft);
    const columns = this.parts.catalog.transitionColumns(name);
    if (!columns) throw new Error(`no table ${name}`);
    const read = ({ execution }: Frame) => plainRows(execution.transitions.get(name) ?? []);
    return { ...emptySource({ alias, columns }, isLeft), read };
  }

  private tableSource(table: StoredTable, alias: string, isLeft: boolean): CompiledSource {
    const source: CompiledSource = {
      ...emptySource({ alias, columns: table.columns }, isLeft),
      table,
      read: (frame) => readTable(table, source.key, frame),
    };
    return source;
  }

  private callSource(
    item: {
      readonly source: Extract<FromItem['source'], { kind: 'call' }>;
      readonly alias: string;
      readonly columns: readonly string[] | undefined;
    },
    isLeft: boolean,
  ): CompiledSource {
    const { source, alias, columns } = item;
    const args = source.args.map((arg) => this.parts.expressions.compile(arg, this.scope));
    const many = MANY_ROWS[source.name];
    if (many) {
      const shape = { alias, columns: renamed([{ name: alias, type: many.type }], columns) };
      const read = (frame: Frame) =>
        plainRows(many.run(args.map((arg) => arg.run(frame))).map((value) => [value]));
      return { ...emptySource(shape, isLeft), read };
    }
    if (source.name !== 'unnest') {
      const row = this.parts.catalog.systemRow(source.name);
      const shape = { alias, columns: row.columns };
      return { ...emptySource(shape, isLeft), read: () => plainRows([row.values()]) };
    }
    const types = args.map(({ type }, at) => ({
      name: at === 0 ? alias : `unnest${at}`,
      type: type.replace(/\[\]$/, ''),
    }));
    if (source.hasOrdinality) types.push({ name: 'ordinality', type: 'bigint' });
    const shape = { alias, columns: renamed(types, columns) };
    const read = (frame: Frame) =>
      plainRows(
        unnest(
          args.map((arg) => arg.run(frame)),
          source.hasOrdinality,
        ),
      );
    return { ...emptySource(shape, isLeft), read };
  }
}

function emptySource(shape: SourceShape, isLeft: boolean) {
  return {
    shape,
    isLeft,
    on: [] as Run[],
    filters: [] as Run[],
    table: undefined,
    key: undefined,
  };
}

function renamed(
  columns: readonly ShapeColumn[],
  names: readonly string[] | undefined,
): readonly ShapeColumn[] {
  if (!names) return columns;
  return columns.map(({ name, type }, at) => ({ name: names[at] ?? name, type }));
}

function* plainRows(rows: readonly Values[]): Iterable<SourceRow> {
  for (const values of rows) yield { values, tuple: undefined };
}

function unnest(arrays: readonly SqlValue[], hasOrdinality: boolean): Values[] {
  const lists = arrays.map((array) => (array ?? []) as readonly SqlValue[]);
  const length = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length }, (_, at) => {
    const cells = lists.map((list) => list[at] ?? null);
    return hasOrdinality ? [...cells, at + 1] : cells;
  });
}

function* readTable(
  table: StoredTable,
  key: readonly Run[] | undefined,
  frame: Frame,
): Iterable<SourceRow> {
  const { transaction } = frame.execution;
  if (key) {
    const row = table.find(key.map((part) => part(frame)));
    const values = row?.visibleTo(transaction);
    if (row && values) yield { values, tuple: row };
    return;
  }
  for (const tuple of table.rows) {
    const values = tuple.visibleTo(transaction);
    if (values) yield { values, tuple };
  }
}
