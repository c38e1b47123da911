import type { TestDatabase } from '@weir/testing';
import { Client, types } from 'pg';
import type { Backend, BackendSession, StatementOutcome, TableRows } from './backend';

const INT8_OID = 20;
/** How long a statement may be silent before it is looked at whether it waits for a lock. In ms. */
const SILENT_MS = 2;
/** Tables that a restore brings back, parents first. */
const SAVED_SCHEMA = 'simulator_saved';
/** States kept for restores; the oldest is what a restore comes back to. */
const SAVED_MOST = 3;

/** The driver's real client: while a history runs, `pg` itself is the simulated one. */
const RealClient = Client;

/** Node's own timers, from before virtual ones took their place. */
const realSetTimeout = setTimeout;

/**
 * A real PostgreSQL as a backend: one connection per simulated one, and a clock that reads what the
 * simulation says. A statement that waits for a lock is found by the server's own account of who
 * blocks whom, so that the order of everything is the simulation's to decide.
 */
export class RealBackend implements Backend {
  readonly lastChanged = undefined;
  /** The one session that really waits for a lock. */
  waiting: RealSession | undefined;
  private readonly sessions = new Set<RealSession>();
  private saved: string[] = [];
  private savedCount = 0;
  private timelines = 0;
  private toldClock = Number.NaN;

  private constructor(
    private readonly test: TestDatabase,
    private readonly control: Client,
    private readonly now: () => number,
  ) {}

  /** @param now the database's clock, in whole ms */
  static async create(test: TestDatabase, now: () => number): Promise<RealBackend> {
    const control = await connect(test.url);
    await control.query(CLOCK);
    const backend = new RealBackend(test, control, now);
    await backend.empty();
    return backend;
  }

  async open(): Promise<BackendSession> {
    const client = await connect(this.test.url);
    const session = new RealSession(client, this);
    this.sessions.add(session);
    return session;
  }

  /** The clock is a sequence: whoever reads it sees its last value, in whatever transaction. */
  async tellClock(): Promise<void> {
    const now = this.now();
    if (now === this.toldClock) return;
    this.toldClock = now;
    await this.control.query('select setval($1, $2)', ['simulator_clock', now]);
  }

  /** Whether the server says that this connection waits for another one. */
  async isBlocked(pid: number): Promise<boolean> {
    const { rows } = await this.control.query<{ blocked: boolean }>(
      'select cardinality(pg_blocking_pids($1)) > 0 as blocked',
      [pid],
    );
    return rows[0]?.blocked === true;
  }

  async cancel(pid: number): Promise<void> {
    await this.control.query('select pg_cancel_backend($1)', [pid]);
  }

  async readTables(names: readonly string[]): Promise<Record<string, TableRows>> {
    const tables: Record<string, TableRows> = {};
    for (const name of names) {
      const { rows } = await this.control.query<Record<string, unknown>>(`select * from ${name}`);
      tables[name] = rows;
    }
    return tables;
  }

  async save(): Promise<void> {
    this.savedCount += 1;
    const schema = `${SAVED_SCHEMA}_${this.savedCount}`;
    await this.control.query(`create schema ${schema}`);
    for (const table of await this.tables()) {
      await this.control.query(`create table ${schema}.${table} as select * from public.${table}`);
    }
    this.saved.push(schema);
    if (this.saved.length > SAVED_MOST) await this.dropSaved(1);
  }

  async restore(): Promise<void> {
    const [oldest] = this.saved;
    if (!oldest) return;
    this.timelines += 1;
    await this.withoutTriggers(async () => {
      const tables = await this.tables();
      await this.control.query(`truncate ${tables.join(', ')}`);
      for (const table of tables) {
        await this.control.query(
          `insert into public.${table} overriding system value select * from ${oldest}.${table}`,
        );
      }
      // The row says which timeline granted its epochs; now another one is being written.
      await this.control.query('update cluster_state set timeline_id = $1', [-this.timelines]);
    });
    await this.dropSaved(this.saved.length);
  }

  async close(): Promise<void> {
    for (const session of [...this.sessions]) await session.close();
    await this.dropSaved(this.saved.length);
    await this.control.end();
  }

  forget(session: RealSession): void {
    this.sessions.delete(session);
  }

  private async empty(): Promise<void> {
    const tables = (await this.tables()).filter((table) => table !== 'cluster_state');
    await this.withoutTriggers(async () => {
      await this.control.query(`truncate ${tables.join(', ')} restart identity`);
      await this.control.query(
        `update cluster_state set generation = 0, quarantine_until = null,
           timeline_id = ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::bigint`,
      );
    });
  }

  private async withoutTriggers(work: () => Promise<void>): Promise<void> {
    await this.control.query(`set session_replication_role = replica`);
    await work();
    await this.control.query(`set session_replication_role = default`);
  }

  private async dropSaved(count: number): Promise<void> {
    for (const schema of this.saved.splice(0, count)) {
      await this.control.query(`drop schema ${schema} cascade`);
    }
  }

  private async tables(): Promise<string[]> {
    const { rows } = await this.control.query<{ name: string }>(
      `select c.relname as name from pg_class c
       where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
         and not c.relispartition and c.relname <> 'schema_migrations' order by 1`,
    );
    return rows.map(({ name }) => name);
  }
}

/** The epoch in ms, as a timestamp; a sequence is seen at once by everybody. */
const CLOCK = `
create sequence if not exists simulator_clock;
create or replace function weir_now() returns timestamptz language sql volatile as $$
  select timestamptz 'epoch' + (select last_value from simulator_clock) * interval '1 millisecond'
$$`;

/** PostgreSQL's word for a lock that was not to be had in time. */
const LOCK_NOT_AVAILABLE = '55P03';

/**
 * One connection. Of several statements that would wait at the same time, one really does: which of
 * several PostgreSQL lets go on first, once what they wait for has ended, is chance. The others try
 * for a moment, and again when the simulation says so.
 */
class RealSession implements BackendSession {
  private running: Promise<StatementOutcome> | undefined;
  private isInTransaction = false;

  constructor(
    private readonly client: Client,
    private readonly backend: RealBackend,
  ) {}

  async execute(
    sql: string,
    parameters: readonly unknown[],
    hasWaited: boolean,
  ): Promise<StatementOutcome> {
    await this.backend.tellClock();
    if (this.running) return this.settle();
    if (hasWaited || this.backend.waiting) {
      const tried = await this.tryForAMoment(sql, parameters);
      if (tried.kind !== 'waits' || this.backend.waiting) return tried;
    }
    this.running = this.send(sql, parameters);
    return this.settle();
  }

  async cancel(): Promise<void> {
    if (!this.running) return;
    await this.backend.cancel(this.pid);
    await this.running;
    this.ended();
  }

  async close(): Promise<void> {
    this.backend.forget(this);
    await this.cancel();
    // Its locks are free when this is answered, and not some time after the connection is gone.
    await this.client.query('rollback').catch(() => undefined);
    await this.client.end().catch(() => undefined);
  }

  private async send(sql: string, parameters: readonly unknown[]): Promise<StatementOutcome> {
    try {
      const result = await this.client.query<Record<string, unknown>>(sql, [...parameters]);
      if (sql.startsWith('begin')) this.isInTransaction = true;
      if (sql === 'commit' || sql === 'rollback') this.isInTransaction = false;
      const columns = result.fields.map(({ name }) => name);
      return { kind: 'done', result: { columns, rows: result.rows } };
    } catch (error) {
      return { kind: 'failed', error: error as Error };
    }
  }

  /** Either it has ended, or the server says that it waits. */
  private async settle(): Promise<StatementOutcome> {
    const running = this.running as Promise<StatementOutcome>;
    for (;;) {
      const first = await Promise.race([running, silence()]);
      if (first !== 'silent') {
        this.ended();
        return first;
      }
      if (!(await this.backend.isBlocked(this.pid))) continue;
      this.backend.waiting = this;
      return { kind: 'waits' };
    }
  }

  /** Without waiting; what was begun is taken back when it would have to. */
  private async tryForAMoment(
    sql: string,
    parameters: readonly unknown[],
  ): Promise<StatementOutcome> {
    if (sql.startsWith('begin') || sql === 'commit' || sql === 'rollback') {
      return this.send(sql, parameters);
    }
    const { isInTransaction } = this;
    if (isInTransaction) await this.client.query('savepoint simulator');
    await this.client.query(`set ${isInTransaction ? 'local ' : ''}lock_timeout = '1ms'`);
    const outcome = await this.send(sql, parameters);
    const isLate =
      outcome.kind === 'failed' && (outcome.error as { code?: string }).code === LOCK_NOT_AVAILABLE;
    if (isLate && isInTransaction) await this.client.query('rollback to savepoint simulator');
    if (outcome.kind === 'done' || !isInTransaction) {
      await this.client.query(`set ${isInTransaction ? 'local ' : ''}lock_timeout = 0`);
    }
    return isLate ? { kind: 'waits' } : outcome;
  }

  private ended(): void {
    this.running = undefined;
    if (this.backend.waiting === this) this.backend.waiting = undefined;
  }

  private get pid(): number {
    return (this.client as unknown as { processID: number }).processID;
  }
}

function silence(): Promise<'silent'> {
  return new Promise((resolve) => realSetTimeout(() => resolve('silent'), SILENT_MS));
}

/** Superuser: no statement of a history ends by a limit of real time. */
async function connect(url: string): Promise<Client> {
  const client = new RealClient({
    connectionString: url,
    options: '-c deadlock_timeout=1h -c synchronous_commit=off',
    types: { getTypeParser: parserOf },
  });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** As libs/database reads them: bigint as number. */
function parserOf(oid: number, format?: 'text' | 'binary'): (text: string) => unknown {
  if (oid === INT8_OID && format !== 'binary') return Number;
  return types.getTypeParser(oid, format as 'text') as (text: string) => unknown;
}
