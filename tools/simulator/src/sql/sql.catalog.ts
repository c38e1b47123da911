import type { ShapeColumn } from './sql.scope';
import { StoredTable } from './stored.table';
import type { Values } from './stored.table';

/** A function that a migration defines. */
export interface DefinedFunction {
  readonly name: string;
  readonly parameters: readonly ShapeColumn[];
  readonly returns: string;
  readonly language: string;
  readonly body: string;
}

/** A function that gives one row about the database itself. */
export interface SystemRow {
  readonly columns: readonly ShapeColumn[];
  readonly values: () => Values;
}

/** What of PostgreSQL's own identity the simulated database shows. */
export const SYSTEM_IDENTIFIER = '7000000000000000001';

/** Everything that migrations define. */
export class Catalog {
  readonly tables = new Map<string, StoredTable>();
  readonly functions = new Map<string, DefinedFunction>();
  private readonly transitions = new Map<string, readonly ShapeColumn[]>();

  createTable(name: string): StoredTable {
    const table = new StoredTable(name);
    this.tables.set(name, table);
    return table;
  }

  findTable(name: string): StoredTable | undefined {
    return this.tables.get(name);
  }

  getTable(name: string): StoredTable {
    const table = this.tables.get(name);
    if (!table) throw new Error(`no table ${name}`);
    return table;
  }

  /** Names under which a trigger's function sees the rows of a statement. */
  addTransition(name: string, table: StoredTable): void {
    this.transitions.set(name, table.columns);
  }

  transitionColumns(name: string): readonly ShapeColumn[] | undefined {
    return this.transitions.get(name);
  }

  systemRow(name: string): SystemRow {
    if (name !== 'pg_control_system') throw new Error(`no function ${name} that gives rows`);
    return {
      columns: [{ name: 'system_identifier', type: 'text' }],
      values: () => [SYSTEM_IDENTIFIER],
    };
  }
}
