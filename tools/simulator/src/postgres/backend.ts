import type { StatementResult } from '../sql/memory.engine';

/** What a statement came to. `waits`: it has to wait for the end of other transactions. */
export type StatementOutcome =
  | { readonly kind: 'done'; readonly result: StatementResult }
  | { readonly kind: 'failed'; readonly error: Error }
  | { readonly kind: 'waits' };

/** One session of a database. Statements of one session follow one another. */
export interface BackendSession {
  /**
   * Runs a statement, `begin`, `commit` and `rollback` among them.
   * @param hasWaited it said `waits` before, and other transactions have ended since
   */
  execute(
    sql: string,
    parameters: readonly unknown[],
    hasWaited: boolean,
  ): StatementOutcome | Promise<StatementOutcome>;
  /** Gives up the statement that waits. */
  cancel(): void | Promise<void>;
  /** Ends the session: an open transaction is rolled back. */
  close(): void | Promise<void>;
}

/** Rows of a table, for invariants and for comparing two backends. */
export type TableRows = readonly Record<string, unknown>[];

/** A database behind the simulated server: the engine in memory, or a real PostgreSQL. */
export interface Backend {
  open(): BackendSession | Promise<BackendSession>;
  /** What is committed in these tables. */
  readTables(
    names: readonly string[],
  ): Record<string, TableRows> | Promise<Record<string, TableRows>>;
  /** Tables that the last commit wrote to; undefined: any may have changed. */
  readonly lastChanged: ReadonlySet<string> | undefined;
  /** Keeps what is committed now, to come back to it. */
  save(): void | Promise<void>;
  /** Becomes the oldest state that was kept, as another database than before. */
  restore(): void | Promise<void>;
  close(): void | Promise<void>;
}
