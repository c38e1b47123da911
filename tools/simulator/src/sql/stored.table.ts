import type { Expression } from './sql.ast';
import type { SqlTransaction } from './sql.transaction';
import { isSame } from './sql.value';
import type { SqlValue } from './sql.value';

export interface Column {
  readonly name: string;
  readonly type: string;
  readonly isNotNull: boolean;
  readonly isIdentity: boolean;
  readonly fallback: Expression | undefined;
}

/** Columns whose values no two rows share, among the rows for which `where` holds. */
export interface UniqueKey {
  /** Of its index; undefined for what the table itself declares. */
  readonly name?: string;
  readonly columns: readonly number[];
  readonly where: ((values: readonly SqlValue[]) => boolean) | undefined;
}

export interface Check {
  /** As PostgreSQL names it when nobody did. */
  readonly name: string;
  readonly holds: (values: readonly SqlValue[]) => boolean;
}

export interface Trigger {
  readonly name: string;
  readonly timing: 'before' | 'after';
  readonly event: 'insert' | 'update' | 'delete';
  /** Runs for each row, or once per statement with both versions of every row. */
  readonly isPerRow: boolean;
  readonly when: ((before: readonly SqlValue[], after: readonly SqlValue[]) => boolean) | undefined;
  readonly oldTable: string | undefined;
  readonly newTable: string | undefined;
  readonly functionName: string;
}

export type Values = readonly SqlValue[];

interface OldVersion {
  readonly sequence: number;
  readonly values: Values | null;
}

/** One row with its versions: what is committed, and what one transaction has written. */
export class StoredRow {
  committed: Values | null = null;
  /** The commit that `committed` belongs to. */
  sequence = 0;
  older: OldVersion[] = [];
  writer: SqlTransaction | undefined;
  pending: Values | null = null;
  /** What the writer saw before its current statement, which does not see its own writes. */
  beforeStatement: Values | null = null;
  statement = -1;
  exclusive: SqlTransaction | undefined;
  readonly shared = new Set<SqlTransaction>();

  /** The version that a statement sees; null: there is no such row for it. */
  visibleTo(transaction: SqlTransaction): Values | null {
    if (this.writer === transaction) {
      return this.statement === transaction.statement ? this.beforeStatement : this.pending;
    }
    return this.committedAt(transaction.snapshot);
  }

  committedAt(snapshot: number): Values | null {
    if (this.sequence <= snapshot) return this.committed;
    const known = this.older.findLast(({ sequence }) => sequence <= snapshot);
    return known?.values ?? null;
  }

  /** The newest version there is for this transaction, whatever its snapshot. */
  newestFor(transaction: SqlTransaction): Values | null {
    return this.writer === transaction ? this.pending : this.committed;
  }
}

export class StoredTable {
  readonly rows = new Set<StoredRow>();
  checks: Check[] = [];
  uniques: UniqueKey[] = [];
  triggers: Trigger[] = [];
  readonly columns: Column[] = [];
  readonly positions = new Map<string, number>();
  primary: readonly number[] = [];
  identity = 0;
  private readonly byKey = new Map<string | number, StoredRow>();

  constructor(readonly name: string) {}

  addColumn(column: Column): void {
    this.positions.set(column.name, this.columns.length);
    this.columns.push(column);
  }

  position(name: string): number {
    const position = this.positions.get(name);
    if (position === undefined) throw new Error(`${this.name} has no column ${name}`);
    return position;
  }

  find(key: Values): StoredRow | undefined {
    return this.byKey.get(keyText(key));
  }

  keyOf(values: Values): Values {
    return this.primary.map((position) => values[position] ?? null);
  }

  clear(): void {
    this.rows.clear();
    this.byKey.clear();
  }

  put(row: StoredRow, values: Values): void {
    this.rows.add(row);
    if (this.primary.length > 0) this.byKey.set(keyText(this.keyOf(values)), row);
  }

  drop(row: StoredRow, values: Values): void {
    this.rows.delete(row);
    if (this.primary.length === 0) return;
    const key = keyText(this.keyOf(values));
    if (this.byKey.get(key) === row) this.byKey.delete(key);
  }

  /** Another row with the same values in the columns of this key; undefined: there is none. */
  findTwin(
    values: Values,
    key: UniqueKey,
    isConcerned: (row: StoredRow) => Values | null,
  ): StoredRow | undefined {
    if (key.where && !key.where(values)) return undefined;
    if (key.columns.some((position) => (values[position] ?? null) === null)) return undefined;
    const isPrimary = key.columns === this.primary;
    const candidates = isPrimary ? [this.find(this.keyOf(values))] : this.rows;
    for (const row of candidates) {
      const other = row && isConcerned(row);
      if (!row || !other || (key.where && !key.where(other))) continue;
      const isTwin = key.columns.every((at) => isSame(values[at] ?? null, other[at] ?? null));
      if (isTwin) return row;
    }
    return undefined;
  }
}

function keyText(key: Values): string | number {
  const [only] = key;
  if (key.length === 1 && (typeof only === 'number' || typeof only === 'string')) return only;
  return key.join('\u0001');
}
