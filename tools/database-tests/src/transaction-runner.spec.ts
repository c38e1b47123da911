import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Database, DatabaseUnavailableError, classifyFailure } from '@weir/database';
import type { SqlSession } from '@weir/database';
import { freePorts, startPostgres } from '@weir/embedded';
import type { PostgresServer } from '@weir/embedded';
import { until } from '@weir/testing';

const REPEAT = { onUnknownCommit: 'repeat' } as const;
let folder: string;
let server: PostgresServer;
let database: Database;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'weir-runner-'));
  const [port] = await freePorts(1);
  server = await startPostgres({
    dataDir: join(folder, 'data'),
    logFile: join(folder, 'postgres.log'),
    port: port!,
    password: 'test',
    durable: false,
  });
  database = open();
  await database.control.query(
    `create table accounts (id integer primary key, amount integer not null check (amount >= 0))`,
  );
  await database.control.query(
    `create table operations (operation_id uuid primary key, kind text, result jsonb,
       created_at timestamptz default now())`,
  );
}, 60_000);
afterAll(async () => {
  await database.close();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  await database.control.query('truncate accounts');
  await database.control.query('insert into accounts values (1, 10), (2, 10)');
});

function open(): Database {
  return new Database(
    {
      host: server.host,
      port: server.port,
      name: 'postgres',
      user: server.user,
      password: server.password,
      timeoutMs: 8_000,
      retriesMax: 5,
      retryDelayMs: 30,
      connectionsMax: 10,
      applicationName: 'runner-test',
    },
    () => undefined,
  );
}

async function amounts(): Promise<number[]> {
  const rows = await database.control.query<{ amount: number }>(
    'select amount from accounts order by id',
  );
  return rows.map((row) => row.amount);
}

const take = (sql: SqlSession, id: number, amount = 1) =>
  sql.query('update accounts set amount = amount - $2 where id = $1', [id, amount]);

describe('transactions', () => {
  it('are run again after a deadlock, and take effect once', async () => {
    const retriedBefore = database.control.counts.retried;
    let arrived = 0;
    const bothHoldOne = async (): Promise<void> => {
      arrived += 1;
      await until('both hold their first row', () => arrived >= 2);
    };
    const transfer = (first: number, second: number) =>
      database.control.run('transfer', REPEAT, async (sql) => {
        await take(sql, first);
        await bothHoldOne();
        await take(sql, second);
      });
    await Promise.all([transfer(1, 2), transfer(2, 1)]);
    expect(await amounts()).toEqual([8, 8]);
    expect(database.control.counts.retried).toBeGreaterThan(retriedBefore);
  });

  it('are run again after a serialization failure', async () => {
    const add = () =>
      database.control.run('add', { ...REPEAT, isolation: 'repeatable read' }, async (sql) => {
        const rows = await sql.query<{ amount: number }>(
          'select amount from accounts where id = 1',
        );
        await sql.query('update accounts set amount = $1 where id = 1', [rows[0]!.amount + 1]);
      });
    await Promise.all([add(), add(), add()]);
    expect((await amounts())[0]).toBe(13);
  });

  it('are run again when their connection is killed', async () => {
    let attempts = 0;
    await database.control.run('killed once', REPEAT, async (sql) => {
      await take(sql, 1);
      attempts += 1;
      if (attempts === 1) await sql.query('select pg_terminate_backend(pg_backend_pid())');
    });
    expect(attempts).toBe(2);
    expect(await amounts()).toEqual([9, 10]);
  });

  it('are never run again for an answer of the database, and leave nothing behind', async () => {
    let attempts = 0;
    const overdraw = database.control.run('overdraw', REPEAT, async (sql) => {
      attempts += 1;
      await take(sql, 2);
      await take(sql, 1, 99);
    });
    await expect(overdraw).rejects.toMatchObject({ code: '23514' });
    expect(attempts).toBe(1);
    expect(await amounts()).toEqual([10, 10]);
  });

  it('give their connection back whatever happens', async () => {
    const failing = Array.from({ length: 40 }, () =>
      database.control.run('fails', REPEAT, () => Promise.reject(new TypeError('a bug'))),
    );
    const results = await Promise.allSettled(failing);
    expect(results.every((result) => result.status === 'rejected')).toBe(true);
    expect(database.control.pool.waitingCount).toBe(0);
    expect(database.control.pool.idleCount).toBe(database.control.pool.totalCount);
  });
});

describe('a COMMIT whose answer is lost', () => {
  /** Kills the connection at the moment COMMIT is sent: before or after the server has done it. */
  function loseAnswer(isCommitted: boolean): () => void {
    const connect = database.control.pool.connect.bind(database.control.pool);
    let isArmed = true;
    const spy = jest.spyOn(database.control.pool, 'connect').mockImplementation((async () => {
      const client = await connect();
      const query = client.query.bind(client) as (...input: unknown[]) => Promise<unknown>;
      client.query = (async (...input: unknown[]) => {
        if (input[0] !== 'commit' || !isArmed) return query(...input);
        isArmed = false;
        await query(isCommitted ? 'commit' : 'rollback');
        throw Object.assign(new Error('connection lost'), { code: 'ECONNRESET' });
      }) as never;
      return client;
    }) as never);
    return () => spy.mockRestore();
  }

  it.each([
    ['had committed', true],
    ['had not committed', false],
  ])('takes effect once when the server %s', async (_text, isCommitted) => {
    const restore = loseAnswer(isCommitted);
    const operationId = randomUUID();
    const result = await database.control.run(
      'pay',
      { onUnknownCommit: { operationId, kind: 'pay' } },
      async (sql) => {
        await take(sql, 1);
        return { paid: 1 };
      },
    );
    restore();
    expect(result).toEqual({ paid: 1 });
    expect(await amounts()).toEqual([9, 10]);
  });
});

describe('when PostgreSQL is gone', () => {
  it('calls fail within their budget, and work again after it is back, without a restart of ours', async () => {
    const own = open();
    await own.control.query('select 1');
    await server.kill('SIGKILL');
    // Its backends outlive the postmaster for a moment.
    const failed = await until('calls fail', () =>
      own.control.query('select 1').then(
        () => undefined,
        (error: unknown) => error,
      ),
    );
    expect(failed).toBeInstanceOf(DatabaseUnavailableError);
    for (let call = 0; call < 6; call += 1)
      await own.control.query('select 1').catch(() => undefined);
    expect(own.control.isBreakerOpen).toBe(true);
    await server.restart();
    await until(
      'queries answer again',
      () => own.control.query('select 1').catch(() => undefined),
      20_000,
    );
    await own.close();
  }, 60_000);
});

describe('classification', () => {
  it.each([
    [{ code: '40P01' }, 'conflict'],
    [{ code: '40001' }, 'conflict'],
    [{ code: '55P03' }, 'conflict'],
    [{ code: '57P03' }, 'connection'],
    [{ code: '08006' }, 'connection'],
    [{ code: '25006' }, 'connection'],
    [{ code: 'ECONNREFUSED' }, 'connection'],
    [{ code: '53200' }, 'overload'],
    [{ code: '57014' }, 'timeout'],
    [{ code: '23505' }, 'answer'],
    [{ code: 'WE001' }, 'answer'],
    [{ code: '42601' }, 'bug'],
    [new Error('Connection terminated unexpectedly'), 'connection'],
    [new Error('timeout exceeded when trying to connect'), 'overload'],
    [new Error('Connection terminated due to connection timeout'), 'connection'],
    [new Error('Query read timeout'), 'timeout'],
    [new TypeError('x is not a function'), 'bug'],
    [undefined, 'bug'],
  ])('%p is %s', (error, kind) => {
    expect(classifyFailure(error)).toBe(kind);
  });
});
