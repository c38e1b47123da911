import { StaleEpochError } from './stale.epoch.error';
import type { FencedStream } from './stale.epoch.error';

/**
 * Runs one statement on one connection: `(text, values) => client.query(text, values)` of pg, or of
 * any other driver that takes `$1`.
 */
export type SqlQuery = (
  text: string,
  values: unknown[],
) => PromiseLike<{ readonly rows: readonly unknown[] }>;

/** A name, or a schema and a name, without any character that would need quoting. */
const TABLE = /^[a-z_][a-z0-9_]{0,62}(?:\.[a-z_][a-z0-9_]{0,62})?$/;

/**
 * Refuses, in a PostgreSQL that a stream writes to, whatever an earlier owner still sends.
 *
 * One row per stream keeps the highest epoch seen. `admit` goes first in each transaction that
 * writes: it locks that row until the commit. So when a new owner raises the epoch it waits for the
 * writes of the old one that were admitted, and every later one of them is refused. Writers of the
 * same epoch share the lock and do not wait for each other. A transaction that writes for several
 * streams admits them in the order of their ids, as with any locks.
 */
export class PostgresFence {
  /** Creates the table. Belongs into the migrations of the sink. */
  readonly ddl: string;
  private readonly shareSql: string;
  private readonly readSql: string;
  private readonly raiseSql: string;

  /** @throws TypeError when the name would need quoting */
  constructor(readonly table = 'stream_epochs') {
    if (!TABLE.test(table)) throw new TypeError(`not a plain table name: ${table}`);
    this.ddl = `create table if not exists ${table} (
  stream_id bigint primary key, epoch bigint not null)`;
    this.shareSql = `select 1 from ${table} where stream_id = $1 and epoch = $2 for share`;
    this.readSql = `select epoch::text as epoch from ${table} where stream_id = $1`;
    this.raiseSql = `insert into ${table} as known (stream_id, epoch) values ($1, $2)
on conflict (stream_id) do update set epoch = excluded.epoch where known.epoch <= excluded.epoch
returning epoch`;
  }

  /**
   * Call it inside the transaction that writes, before its first write, under READ COMMITTED (the
   * default) or stricter.
   * @throws StaleEpochError when a newer owner was admitted before: roll back and stop writing
   */
  async admit(query: SqlQuery, { streamId, epoch }: FencedStream): Promise<void> {
    const values = [streamId, epoch];
    for (;;) {
      const shared = await query(this.shareSql, values);
      if (shared.rows.length > 0) return;
      const known = readEpoch(await query(this.readSql, [streamId]));
      // PostgreSQL may have locked the row before it found the epoch raised: do not wait for it.
      if (known > epoch) throw new StaleEpochError(streamId, epoch);
      if (known === epoch) continue;
      const raised = await query(this.raiseSql, values);
      if (raised.rows.length > 0) return;
    }
  }
}

function readEpoch({ rows }: { readonly rows: readonly unknown[] }): number {
  const row = rows[0] as { readonly epoch: string } | undefined;
  return Number(row?.epoch ?? -1);
}
