import type { StoredRow, StoredTable, Values } from './stored.table';
import type { SqlTransaction } from './sql.transaction';
import type { SqlValue } from './sql.value';

/** What one execution of a statement is given. */
export interface Execution {
  readonly parameters: readonly SqlValue[];
  readonly transaction: SqlTransaction;
  /** Results of common tables, by what they were compiled to. */
  readonly commons: Map<object, readonly Values[]>;
  /** The transition tables of a trigger, by their names. */
  readonly transitions: ReadonlyMap<string, readonly Values[]>;
  /** What the clock gives to this statement, in ms. */
  clock: number;
  /** The clock now; later than `clock` when the statement has waited. */
  readonly now: () => number;
  /** Runs a trigger or function that is not plain. */
  readonly callFunction: (call: FunctionCall) => SqlValue;
  /** What was changed, for the triggers that run after the statement. */
  readonly changes: TableChange[];
}

export interface FunctionCall {
  readonly name: string;
  readonly args: readonly SqlValue[];
  readonly execution: Execution;
}

/** Both versions of every row that one part of a statement changed. */
export interface TableChange {
  readonly table: StoredTable;
  readonly event: 'insert' | 'update' | 'delete';
  readonly before: readonly Values[];
  readonly after: readonly Values[];
}

/** The rows that an expression is about, one of each source, and those of the query around. */
export interface Frame {
  readonly rows: Values[];
  /** The stored rows that `rows` are versions of, where they are. */
  readonly tuples: (StoredRow | undefined)[];
  readonly outer: Frame | undefined;
  readonly execution: Execution;
  aggregates: readonly SqlValue[];
  windows: readonly SqlValue[];
}

export type Run = (frame: Frame) => SqlValue;

export interface Compiled {
  readonly run: Run;
  readonly type: string;
}

export interface ShapeColumn {
  readonly name: string;
  readonly type: string;
}

/** What one source of a query looks like. */
export interface SourceShape {
  readonly alias: string;
  readonly columns: readonly ShapeColumn[];
}

export interface AggregateUse {
  readonly name: string;
  readonly argument: Compiled | undefined;
  readonly isDistinct: boolean;
  readonly orderBy: readonly CompiledOrder[];
  readonly filter: Compiled | undefined;
}

export interface CompiledOrder {
  readonly by: Compiled;
  readonly isDescending: boolean;
  readonly nullsFirst: boolean;
}

export interface WindowUse {
  readonly name: string;
  readonly argument: Compiled | undefined;
  readonly partitionBy: readonly Compiled[];
  readonly orderBy: readonly CompiledOrder[];
}

/** A common table, compiled once and evaluated once per execution. */
export interface CompiledCommon {
  readonly name: string;
  readonly columns: readonly ShapeColumn[];
  readonly run: (execution: Execution) => readonly Values[];
}

interface Found {
  /** How many queries further out. */
  readonly depth: number;
  readonly slot: number;
  readonly at: number;
  readonly type: string;
}

/** The names that an expression may use, and what it turned out to use. */
export class Scope {
  readonly sources: SourceShape[] = [];
  readonly commons = new Map<string, CompiledCommon>();
  readonly aggregates: AggregateUse[] = [];
  readonly windows: WindowUse[] = [];
  mayAggregate = false;
  /** Slots of this query that were used since it was last cleared. */
  used = new Set<number>();

  constructor(readonly outer: Scope | undefined) {}

  findCommon(name: string): CompiledCommon | undefined {
    return this.commons.get(name) ?? this.outer?.findCommon(name);
  }

  /** @throws Error when no source has such a column. */
  resolve(table: string | undefined, name: string): Found {
    const found = this.find(table, name, 0);
    if (!found) throw new Error(`no column ${table ? `${table}.` : ''}${name} in this query`);
    return found;
  }

  private find(table: string | undefined, name: string, depth: number): Found | undefined {
    for (const [slot, source] of this.sources.entries()) {
      if (table !== undefined && source.alias !== table) continue;
      const at = source.columns.findIndex((column) => column.name === name);
      const column = source.columns[at];
      if (!column) continue;
      this.used.add(slot);
      return { depth, slot, at, type: column.type };
    }
    return this.outer?.find(table, name, depth + 1);
  }
}
