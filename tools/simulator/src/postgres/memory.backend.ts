import { MIGRATIONS } from '@weir/database';
import { MemoryEngine } from '../sql/memory.engine';
import { MustWait } from '../sql/sql.transaction';
import type { SqlTransaction } from '../sql/sql.transaction';
import { StoredRow } from '../sql/stored.table';
import type { Values } from '../sql/stored.table';
import { SqlError } from '../sql/sql.value';
import type { Backend, BackendSession, StatementOutcome, TableRows } from './backend';

const NOTHING: StatementOutcome = { kind: 'done', result: { columns: [], rows: [] } };
/** States kept for restores; the oldest is what a restore comes back to. */
const SAVED_MOST = 3;

type SavedState = ReadonlyMap<
  string,
  { readonly rows: readonly Values[]; readonly identity: number }
>;

/** The engine as a database. Compiling its statements once serves every history of a process. */
export class MemoryBackend implements Backend {
  private static engine: MemoryEngine | undefined;
  private static clock: () => number = () => 0;
  private static empty: SavedState | undefined;
  private readonly engine: MemoryEngine;
  private readonly saved: SavedState[] = [];

  private constructor(engine: MemoryEngine) {
    this.engine = engine;
  }

  /** An empty database with the schema of this release. @param now its clock, in ms */
  static async create(now: () => number): Promise<MemoryBackend> {
    MemoryBackend.clock = now;
    const known = MemoryBackend.engine;
    const backend = new MemoryBackend(known ?? (await migrated()));
    MemoryBackend.engine = backend.engine;
    MemoryBackend.empty ??= backend.copy();
    for (const transaction of [...backend.engine.open]) backend.engine.rollback(transaction);
    backend.replace(MemoryBackend.empty);
    backend.engine.timeline = 1;
    return backend;

    async function migrated(): Promise<MemoryEngine> {
      const engine = new MemoryEngine(() => MemoryBackend.clock());
      const runner = { query: (sql: string) => Promise.resolve(engine.define(sql)) };
      for (const migration of MIGRATIONS) await new migration().up(runner as never);
      return engine;
    }
  }

  open(): BackendSession {
    return new MemorySession(this.engine, () => MemoryBackend.clock());
  }

  get lastChanged(): ReadonlySet<string> {
    return this.engine.lastChanged;
  }

  readTables(names: readonly string[]): Record<string, TableRows> {
    return Object.fromEntries(names.map((name) => [name, this.readTable(name)]));
  }

  save(): void {
    this.saved.push(this.copy());
    if (this.saved.length > SAVED_MOST) this.saved.shift();
  }

  restore(): void {
    const [oldest] = this.saved.splice(0);
    if (!oldest) return;
    for (const transaction of [...this.engine.open]) this.engine.rollback(transaction);
    this.replace(oldest);
    this.engine.timeline += 1;
  }

  close(): void {
    for (const transaction of [...this.engine.open]) this.engine.rollback(transaction);
  }

  private readTable(name: string): TableRows {
    const table = this.engine.catalog.getTable(name);
    const rows: Record<string, unknown>[] = [];
    for (const { committed } of table.rows) {
      if (!committed) continue;
      rows.push(
        Object.fromEntries(table.columns.map((column, at) => [column.name, committed[at] ?? null])),
      );
    }
    return rows;
  }

  private copy(): SavedState {
    const state = new Map<string, { rows: Values[]; identity: number }>();
    for (const table of this.engine.catalog.tables.values()) {
      const rows = [...table.rows].flatMap(({ committed }) => (committed ? [committed] : []));
      state.set(table.name, { rows, identity: table.identity });
    }
    return state;
  }

  private replace(state: SavedState): void {
    this.engine.sequence += 1;
    for (const table of this.engine.catalog.tables.values()) {
      const saved = state.get(table.name);
      table.clear();
      table.identity = saved?.identity ?? 0;
      for (const values of saved?.rows ?? []) {
        const row = new StoredRow();
        row.committed = values;
        row.sequence = this.engine.sequence;
        table.put(row, values);
      }
    }
  }
}

class MemorySession implements BackendSession {
  private transaction: SqlTransaction | undefined;
  private isExplicit = false;
  private startedAt = 0;

  constructor(
    private readonly engine: MemoryEngine,
    private readonly clock: () => number,
  ) {}

  execute(sql: string, parameters: readonly unknown[], hasWaited: boolean): StatementOutcome {
    if (sql.startsWith('begin')) return this.begin(sql);
    if (sql === 'commit') return this.end(true);
    if (sql === 'rollback') return this.end(false);
    if (this.transaction?.isFailed) {
      const message = 'current transaction is aborted, commands ignored until end of transaction';
      return { kind: 'failed', error: Object.assign(new Error(message), { code: '25P02' }) };
    }
    return this.run(sql, parameters, hasWaited);
  }

  cancel(): void {
    this.fail();
  }

  close(): void {
    if (this.transaction) this.engine.rollback(this.transaction);
    this.transaction = undefined;
    this.isExplicit = false;
  }

  private begin(sql: string): StatementOutcome {
    this.transaction = this.engine.begin();
    this.transaction.isRepeatable = sql.includes('repeatable read');
    this.isExplicit = true;
    return NOTHING;
  }

  private end(isCommit: boolean): StatementOutcome {
    const { transaction } = this;
    this.transaction = undefined;
    this.isExplicit = false;
    if (!transaction) return NOTHING;
    if (isCommit && !transaction.isFailed) this.engine.commit(transaction);
    else this.engine.rollback(transaction);
    return NOTHING;
  }

  private run(sql: string, parameters: readonly unknown[], hasWaited: boolean): StatementOutcome {
    const transaction = (this.transaction ??= this.engine.begin());
    if (!hasWaited) {
      this.startedAt = this.clock();
      const isFirst = transaction.statement === 0;
      if (isFirst || !transaction.isRepeatable) transaction.snapshot = this.engine.sequence;
    }
    try {
      const input = { parameters, clock: this.startedAt };
      const result = this.engine.execute(transaction, sql, input);
      if (!this.isExplicit) this.end(true);
      return { kind: 'done', result };
    } catch (error) {
      if (error instanceof MustWait) return { kind: 'waits' };
      // What the engine does not know is its own fault, and must not look like the application's.
      if (!(error instanceof SqlError)) throw error;
      this.fail();
      return { kind: 'failed', error: error as Error };
    }
  }

  private fail(): void {
    if (this.transaction) this.transaction.isFailed = true;
    if (!this.isExplicit) this.end(false);
  }
}
