import type { StoredRow, StoredTable, Values } from './stored.table';

/** Thrown out of a statement that has to wait for the end of other transactions. */
export class MustWait extends Error {
  constructor(readonly holders: readonly SqlTransaction[]) {
    super('the statement has to wait');
  }
}

interface Written {
  readonly table: StoredTable;
  readonly row: StoredRow;
  readonly pendingBefore: Values | null;
  readonly wasWriter: boolean;
}

/**
 * One transaction: what it has written and locked. Written rows are seen by others when it commits;
 * locked rows keep others from writing them until it ends.
 */
export class SqlTransaction {
  /** Commits up to this one are seen. Taken anew by each statement, unless it is repeatable. */
  snapshot = 0;
  /** Counts statements: none sees what it writes itself. */
  statement = 0;
  isRepeatable = false;
  isReadOnly = false;
  /** A statement failed: nothing but a rollback is possible. */
  isFailed = false;
  readonly advisory = new Set<string>();
  /** Channel and payload of notifications, sent at the commit. */
  readonly notifications: { readonly channel: string; readonly payload: string }[] = [];
  private readonly locked = new Set<StoredRow>();
  private written: Written[] = [];

  constructor(readonly id: number) {}

  get hasWritten(): boolean {
    return this.written.length > 0;
  }

  writtenTables(): Set<string> {
    return new Set(this.written.map(({ table }) => table.name));
  }

  /** Marks where a statement began, to be able to undo it. */
  mark(): number {
    return this.written.length;
  }

  /** @throws MustWait while another transaction holds the row in a way that conflicts. */
  lock(row: StoredRow, mode: 'update' | 'share'): void {
    const holders = this.findHolders(row, mode);
    if (holders.length > 0) throw new MustWait(holders);
    if (mode === 'update') row.exclusive = this;
    else row.shared.add(this);
    this.locked.add(row);
  }

  findHolders(row: StoredRow, mode: 'update' | 'share'): SqlTransaction[] {
    const holders: SqlTransaction[] = [];
    if (row.exclusive && row.exclusive !== this) holders.push(row.exclusive);
    if (mode === 'update') {
      for (const holder of row.shared) if (holder !== this) holders.push(holder);
    }
    return holders;
  }

  /** Writes a version of a row that is locked; null deletes it. */
  write(table: StoredTable, row: StoredRow, values: Values | null): void {
    const wasWriter = row.writer === this;
    this.written.push({ table, row, pendingBefore: row.pending, wasWriter });
    if (row.statement !== this.statement || !wasWriter) {
      row.beforeStatement = wasWriter ? row.pending : row.committed;
      row.statement = this.statement;
    }
    row.writer = this;
    row.pending = values;
    if (values !== null) table.put(row, values);
  }

  /** Undoes everything since the mark. Locks stay, as in PostgreSQL. */
  undoTo(mark: number): void {
    for (const { table, row, pendingBefore, wasWriter } of this.written.splice(mark).reverse()) {
      if (wasWriter) {
        row.pending = pendingBefore;
        continue;
      }
      const values = row.pending;
      row.writer = undefined;
      row.pending = null;
      if (row.committed === null && values) table.drop(row, values);
    }
  }

  /** Makes what was written visible to all. @param keepsOlder while somebody may still need it */
  commit(sequence: number, keepsOlder: boolean): void {
    for (const { table, row } of this.written) {
      if (row.writer !== this) continue;
      if (keepsOlder) row.older.push({ sequence: row.sequence, values: row.committed });
      else row.older = [];
      const before = row.committed;
      row.committed = row.pending;
      row.sequence = sequence;
      row.writer = undefined;
      row.pending = null;
      if (row.committed === null && before) table.drop(row, before);
    }
    this.written = [];
    this.release();
  }

  rollback(): void {
    this.undoTo(0);
    this.release();
  }

  private release(): void {
    for (const row of this.locked) {
      if (row.exclusive === this) row.exclusive = undefined;
      row.shared.delete(this);
    }
    this.locked.clear();
    this.advisory.clear();
  }
}
