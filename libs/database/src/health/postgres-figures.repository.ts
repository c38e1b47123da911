import type { SqlSession } from '../connection/sql-session';

/** How PostgreSQL is, as it tells of itself. Ages in ms, sizes in bytes. */
export interface PostgresFigures {
  readonly version: string;
  readonly connectionsUsed: number;
  readonly connectionsMax: number;
  /** Statements of this database that wait for a lock. */
  readonly waitingLocks: number;
  /** Age of the oldest transaction of this database; null without any. */
  readonly oldestTransactionMs: number | null;
  /** Deadlocks in this database since its statistics began. */
  readonly deadlocks: number;
  readonly databaseBytes: number;
  /** Replicas that stream from this server. */
  readonly replicas: number;
  /** How far the slowest of them is behind; null without any. */
  readonly replicationLagMs: number | null;
}

/**
 * Reads the figures. A role without pg_monitor sees less of other roles' sessions: counts are then
 * those of its own role. Transactions that only hold a turn (advisory lock) are old by design.
 */
export async function readPostgresFigures(sql: SqlSession): Promise<PostgresFigures> {
  const rows = await sql.query<PostgresFigures>(FIGURES);
  const figures = rows[0];
  if (!figures) throw new Error('PostgreSQL gave no figures');
  return figures;
}

const FIGURES = `
select current_setting('server_version') as version,
  (select count(*)::integer from pg_stat_activity where backend_type = 'client backend')
    as "connectionsUsed",
  current_setting('max_connections')::integer
    - current_setting('superuser_reserved_connections')::integer as "connectionsMax",
  (select count(*)::integer from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock') as "waitingLocks",
  (select max(extract(epoch from weir_now() - a.xact_start))::double precision * 1000
    from pg_stat_activity a
    where a.datname = current_database() and a.backend_type = 'client backend'
      and a.pid <> pg_backend_pid()
      and not exists (select 1 from pg_locks l where l.pid = a.pid and l.locktype = 'advisory'))
    as "oldestTransactionMs",
  coalesce((select deadlocks from pg_stat_database where datname = current_database()), 0)
    as deadlocks,
  pg_database_size(current_database()) as "databaseBytes",
  (select count(*)::integer from pg_stat_replication) as replicas,
  (select max(extract(epoch from replay_lag))::double precision * 1000 from pg_stat_replication)
    as "replicationLagMs"`;
