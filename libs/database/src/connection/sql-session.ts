/** A row as PostgreSQL gave it; bigint columns are numbers (all of ours are below 2^53). */
export type Row = Record<string, unknown>;

/** Something that runs SQL: one open transaction, or a pool. */
export interface SqlSession {
  /**
   * Runs one statement with `$1`-style parameters and returns its rows.
   * @param name of a statement that runs so often that each connection should plan it only once.
   */
  query<T extends object = Row>(
    text: string,
    values?: readonly unknown[],
    name?: string,
  ): Promise<T[]>;
}
