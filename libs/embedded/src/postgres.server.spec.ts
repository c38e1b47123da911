import { spawn } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { freePorts } from './port.probe';
import { withConnection } from './postgres.connection';
import { startPostgres } from './postgres.server';
import type { PostgresOptions, PostgresServer } from './postgres.types';
import { isRoot, isRunning, makeScratch } from './scratch.test-support';
import { until } from './until';

jest.setTimeout(60_000);

describe('embedded PostgreSQL', () => {
  let scratch: Awaited<ReturnType<typeof makeScratch>>;
  let options: PostgresOptions;
  let server: PostgresServer;

  beforeAll(async () => {
    scratch = await makeScratch();
    const [port = 0] = await freePorts(1);
    options = {
      dataDir: join(scratch.dir, 'data'),
      port,
      password: `it's "quoted", \\ and ünicode`,
      logFile: join(scratch.dir, 'logs', 'postgres.log'),
      durable: false,
      settings: { work_mem: '5MB' },
    };
    server = await startPostgres(options);
  });

  afterAll(async () => {
    await server.stop();
    await scratch.remove();
  });

  async function ask(sql: string, database = 'postgres'): Promise<unknown> {
    return withConnection(options, database, async (client) => {
      const { rows } = await client.query<Record<string, unknown>>(sql);
      return Object.values(rows[0] ?? {})[0];
    });
  }

  it('makes the cluster on the first start, in UTF-8 with an order of strings of its own', async () => {
    expect(server.firstStart).toBe(true);
    expect(await ask('SHOW server_encoding')).toBe('UTF8');
    expect(
      await ask(
        `SELECT datlocprovider::text || ':' || datlocale FROM pg_database WHERE datname = 'postgres'`,
      ),
    ).toBe('b:C.UTF-8');
  });

  it('listens on the loopback address only, with the settings asked for', async () => {
    expect(await ask('SHOW listen_addresses')).toBe('127.0.0.1');
    expect(await ask('SHOW max_connections')).toBe('200');
    expect(await ask('SHOW work_mem')).toBe('5MB');
    expect(await ask('SHOW fsync')).toBe('off');
    expect(await ask('SELECT inet_server_addr()::text')).toBe('127.0.0.1/32');
  });

  it('refuses a wrong password and stores the right one as SCRAM', async () => {
    const wrong = { ...options, password: 'wrong' };
    await expect(withConnection(wrong, 'postgres', async () => true)).rejects.toMatchObject({
      code: '28P01',
    });
    expect(
      await ask(`SELECT left(rolpassword, 13) FROM pg_authid WHERE rolname = 'postgres'`),
    ).toBe('SCRAM-SHA-256');
  });

  it('keeps the data folder to its owner', async () => {
    const folder = await stat(server.dataDir);
    expect(folder.mode & 0o777).toBe(0o700);
    expect(folder.uid === 0).toBe(false);
  });

  it('makes a database once, whatever its name, and gives an address that works', async () => {
    expect(await server.createDatabase('odd "name" é')).toBe(true);
    expect(await server.createDatabase('odd "name" é')).toBe(false);
    const both = await Promise.all([
      server.createDatabase('twice'),
      server.createDatabase('twice'),
    ]);
    expect(both.filter(Boolean)).toHaveLength(1);
    const { Client } = await import('pg');
    const client = new Client({ connectionString: server.url('odd "name" é') });
    await client.connect();
    const { rows } = await client.query('SELECT current_database() AS name');
    await client.end();
    expect(rows).toEqual([{ name: 'odd "name" é' }]);
  });

  it('runs in a process group of its own, so that Ctrl-C in the terminal leaves it alone', async () => {
    // Field 5 of /proc/<pid>/stat, or what ps says where there is no /proc.
    const { execFileSync } = await import('node:child_process');
    const group = execFileSync('ps', ['-o', 'pgid=', '-p', String(server.pid)], {
      encoding: 'utf8',
    });
    expect(Number(group)).toBe(server.pid);
  });

  it('keeps data over a restart, and a second start on the folder is not a first one', async () => {
    await ask('CREATE TABLE kept AS SELECT 42 AS answer');
    await server.restart();
    expect(await ask('SELECT answer FROM kept')).toBe(42);
    await server.stop();
    expect(isRunning(server.pid)).toBe(false);
    server = await startPostgres(options);
    expect(server.firstStart).toBe(false);
    expect(await ask('SELECT answer FROM kept')).toBe(42);
  });

  it('comes up again on the same folder after kill -9 with sessions open, losing no commit', async () => {
    const sessions = Array.from({ length: 5 }, () => ask('SELECT pg_sleep(60)').catch(() => 'cut'));
    await until(
      async () =>
        (await ask(
          `SELECT count(*)::int FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%'`,
        )) === 6 || undefined,
      10_000,
    );
    await ask('CREATE TABLE survived AS SELECT 7 AS answer');
    await server.kill('SIGKILL');
    expect(isRunning(server.pid)).toBe(false);
    server = await startPostgres(options);
    expect(await ask('SELECT answer FROM survived')).toBe(7);
    expect(await Promise.all(sessions)).toEqual(Array(5).fill('cut'));
  });

  it('does not take another process for a server that left its number behind', async () => {
    const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
      stdio: 'ignore',
      // PostgreSQL itself overlooks processes of other users, so this one must be of its own.
      ...(isRoot && { uid: (await stat(server.dataDir)).uid, cwd: '/' }),
    });
    try {
      const pidFile = join(server.dataDir, 'postmaster.pid');
      const left = (await readFile(pidFile, 'utf8')).replace(/^\d+/, String(stranger.pid));
      await server.kill('SIGKILL');
      await writeFile(pidFile, left);
      server = await startPostgres(options);
      expect(await ask('SELECT 1')).toBe(1);
      expect(isRunning(stranger.pid ?? -1)).toBe(true);
    } finally {
      stranger.kill('SIGKILL');
    }
  });

  it('refuses a folder that a server runs on, and takes it over when told to', async () => {
    const before = server.pid;
    const [port = 0] = await freePorts(1);
    await expect(startPostgres({ ...options, port })).rejects.toMatchObject({
      code: 'DATA_DIR_IN_USE',
    });
    expect(await ask('SELECT 1')).toBe(1);
    server = await startPostgres({ ...options, takeOver: true });
    expect(server.pid).not.toBe(before);
    expect(isRunning(before)).toBe(false);
    expect(await ask('SELECT answer FROM survived')).toBe(7);
  });

  it('says that the port is taken, and that the password is another one, without waiting', async () => {
    await server.stop();
    const thief = createServer();
    await new Promise<void>((resolve) => thief.listen(options.port, '127.0.0.1', resolve));
    await expect(startPostgres(options)).rejects.toMatchObject({ code: 'PORT_TAKEN' });
    await new Promise((resolve) => thief.close(resolve));

    await expect(startPostgres({ ...options, password: 'other' })).rejects.toMatchObject({
      code: 'PASSWORD_REFUSED',
    });
    server = await startPostgres(options);
  });

  it('carries the last lines of the log in the error when it cannot start', async () => {
    await server.stop();
    const broken = { ...options, settings: { shared_buffers: 'plenty' } };
    await expect(startPostgres(broken)).rejects.toMatchObject({
      code: 'EXITED_EARLY',
      message: expect.stringContaining('invalid value for parameter "shared_buffers"'),
    });
    server = await startPostgres(options);
  });

  it('names the version when the data is of another PostgreSQL', async () => {
    await server.stop();
    const versionFile = join(server.dataDir, 'PG_VERSION');
    await writeFile(versionFile, '15\n');
    await expect(startPostgres(options)).rejects.toMatchObject({
      code: 'DATA_DIR_UNUSABLE',
      message: expect.stringContaining('PostgreSQL 15'),
    });
    await writeFile(versionFile, '18\n');
    server = await startPostgres(options);
  });
});
