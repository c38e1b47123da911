import { Client } from 'pg';
import { createTestDatabase } from '../test-database';
import type { TestDatabase } from '../test-database';
import { until } from '../until';
import { FaultProxy } from './fault.proxy';
import { isEncryptionRequest, PostgresMessageReader } from './postgres.messages';
import { postgresTap } from './postgres.tap';
import type { PostgresWatcher, SeenStatement } from './postgres.tap';

describe('messages of PostgreSQL', () => {
  const startup = Buffer.from([0, 0, 0, 8, 0, 3, 0, 0]);
  const sslRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);
  const query = Buffer.from('Q\0\0\0\x0bselect\0', 'latin1');

  it('are the same however they are cut into chunks', () => {
    const whole = Buffer.concat([startup, query, query]);
    for (let at = 1; at < whole.length; at += 1) {
      const reader = new PostgresMessageReader('client');
      const messages = [...reader.read(whole.subarray(0, at)), ...reader.read(whole.subarray(at))];
      expect(messages.map(({ type }) => type)).toEqual(['', 'Q', 'Q']);
      expect(Buffer.concat(messages.map(({ raw }) => raw))).toEqual(whole);
    }
  });

  it('begin with what has no type, once more after a request for TLS', () => {
    const reader = new PostgresMessageReader('client');
    const messages = reader.read(Buffer.concat([sslRequest, startup, query]));
    expect(messages.map(({ type }) => type)).toEqual(['', '', 'Q']);
    expect(messages.map(isEncryptionRequest)).toEqual([true, false, false]);
    const server = new PostgresMessageReader('server');
    server.expectByte();
    expect(server.read(Buffer.from('NZ\0\0\0\x05I', 'latin1')).map(({ type }) => type)).toEqual([
      '',
      'Z',
    ]);
  });
});

describe('a tap on the way to PostgreSQL', () => {
  let test: TestDatabase;
  let proxy: FaultProxy;
  let watcher: PostgresWatcher;
  const clients: Client[] = [];

  beforeAll(async () => {
    test = await createTestDatabase('tap');
    await test.database.control.query('create table kept (value integer primary key)');
    const target = { host: test.options.host, port: test.options.port };
    const tap = postgresTap({
      isCutBefore: (statement) => watcher.isCutBefore?.(statement) ?? false,
      isAnswerLost: (statement, tag) => watcher.isAnswerLost?.(statement, tag) ?? false,
    });
    proxy = await FaultProxy.listen({ target, tap });
  });
  beforeEach(() => {
    watcher = {};
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.end().catch(() => undefined)));
    await test.database.control.query('truncate kept');
  });
  afterAll(async () => {
    await proxy.close();
    await test.close();
  });

  async function connect(): Promise<Client> {
    const { name: database, user, password } = test.options;
    const client = new Client({ host: '127.0.0.1', port: proxy.port, user, password, database });
    client.on('error', () => undefined);
    await client.connect();
    clients.push(client);
    return client;
  }

  const readKept = (): Promise<{ value: number }[]> =>
    test.database.control.query('select value from kept order by value');

  it('sees each statement once, with its transaction and what the server did', async () => {
    const seen: string[] = [];
    watcher = {
      isCutBefore: ({ text, transaction }) => {
        seen.push(`${transaction.length} ${text}`);
        return false;
      },
      isAnswerLost: (_statement, tag) => {
        seen.push(tag);
        return false;
      },
    };
    const client = await connect();
    await client.query('begin');
    await client.query('insert into kept\n  values ($1)', [1]);
    await client.query({ name: 'named', text: 'insert into kept values ($1)', values: [2] });
    await client.query({ name: 'named', text: 'insert into kept values ($1)', values: [3] });
    await client.query('commit');
    await client.query('select 1');
    expect(seen).toEqual([
      '0 begin',
      'BEGIN',
      '1 insert into kept values ($1)',
      'INSERT 0 1',
      '2 insert into kept values ($1)',
      'INSERT 0 1',
      '3 insert into kept values ($1)',
      'INSERT 0 1',
      '4 commit',
      'COMMIT',
      '0 select 1',
      'SELECT 1',
    ]);
    expect(await readKept()).toHaveLength(3);
  });

  /** @returns the code of what went wrong; undefined when nothing did. */
  async function insertInTransaction(value: number): Promise<string | undefined> {
    const client = await connect();
    try {
      await client.query('begin');
      await client.query('insert into kept values ($1)', [value]);
      await client.query('commit');
      return undefined;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code;
    }
  }

  it('loses the answer to a COMMIT: the client sees a broken connection, the row is there', async () => {
    const lost: SeenStatement[] = [];
    watcher = {
      isAnswerLost: (statement, tag) => {
        if (tag !== 'COMMIT') return false;
        lost.push(statement);
        return true;
      },
    };
    expect(await insertInTransaction(7)).toBe('ECONNRESET');
    expect(lost.map(({ transaction }) => transaction)).toEqual([
      ['begin', 'insert into kept values ($1)'],
    ]);
    expect(await readKept()).toEqual([{ value: 7 }]);
  });

  it.each(['begin', 'insert', 'commit'])('cuts before %s: nothing is kept', async (word) => {
    watcher = { isCutBefore: ({ text }) => text.startsWith(word) };
    expect(await insertInTransaction(8)).toBe('ECONNRESET');
    await until('the server has ended that session', async () => {
      const rows = await test.database.control.query(
        `select 1 from pg_stat_activity where state like 'idle in transaction%' and datname = $1`,
        [test.options.name],
      );
      return rows.length === 0;
    });
    expect(await readKept()).toEqual([]);
  });
});
