import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePorts, portTaken } from './port.probe';
import { findRedisProgram } from './redis.kind';
import { type RedisOptions, type RedisServer, startRedis } from './redis.server';
import { isRunning, makeScratch } from './scratch.test-support';
import { until } from './until';

jest.setTimeout(60_000);

let scratch: Awaited<ReturnType<typeof makeScratch>>;
let options: RedisOptions;

beforeAll(async () => {
  scratch = await makeScratch();
  const [port = 0] = await freePorts(1);
  options = {
    port,
    password: 'with "quotes", \\ and # sign',
    dir: join(scratch.dir, 'redis'),
    logFile: join(scratch.dir, 'redis.log'),
  };
});
afterAll(() => scratch.remove());

async function withClient<T>(server: RedisServer, use: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(server.url(), { retryStrategy: () => null });
  client.on('error', () => undefined);
  try {
    return await use(client);
  } finally {
    client.disconnect();
  }
}

/** What every kind must do. */
async function checkLifeCycle(server: RedisServer): Promise<void> {
  await withClient(server, async (client) => {
    await client.set('key', 'value');
    expect(await client.get('key')).toBe('value');
    expect(await client.eval('return redis.call("GET", KEYS[1])', 1, 'key')).toBe('value');
  });
  await withClient({ ...server, url: () => `redis://:wrong@127.0.0.1:${server.port}` }, (client) =>
    expect(client.get('key')).rejects.toThrow(),
  );
  const before = server.pid;
  await server.kill('SIGKILL');
  expect(isRunning(before)).toBe(false);
  await server.restart();
  expect(server.pid).not.toBe(before);
  await withClient(server, async (client) => {
    expect(await client.get('key')).toBe(server.isPersistent ? 'value' : null);
  });
  await server.stop();
  expect(isRunning(server.pid)).toBe(false);
}

describe('embedded Redis', () => {
  it('js-redis-server: keeps values, asks for the password, is killed and started again empty', async () => {
    const server = await startRedis({ ...options, kind: 'js-redis-server' });
    try {
      expect(server.kind).toBe('js-redis-server');
      expect(server.version).toMatch(/^\d+\.\d+\.\d+$/);
      await checkLifeCycle(server);
    } finally {
      await server.stop();
    }
  });

  it.each(['redis-server', 'valkey-server'] as const)(
    '%s: keeps data over kill -9 and never evicts; where it is not installed, asking for it says so',
    async (kind) => {
      if (!(await findRedisProgram(kind))) {
        await expect(startRedis({ ...options, kind })).rejects.toMatchObject({
          code: 'REDIS_PROGRAM_MISSING',
        });
        return;
      }
      const server = await startRedis({ ...options, kind, settings: { appendfsync: 'always' } });
      try {
        expect(server.kind).toBe(kind);
        await withClient(server, async (client) => {
          expect(await client.config('GET', 'maxmemory-policy')).toEqual([
            'maxmemory-policy',
            'noeviction',
          ]);
          expect(await client.config('GET', 'appendonly')).toEqual(['appendonly', 'yes']);
        });
        await checkLifeCycle(server);
      } finally {
        await server.stop();
      }
    },
  );

  it('takes a native server when there is one, else the npm one, and says which', async () => {
    const native = await findRedisProgram();
    const server = await startRedis(options);
    await server.stop();
    expect(server.kind).toBe(native?.kind ?? 'js-redis-server');
  });

  it('finds no native server on an empty path', async () => {
    expect(await findRedisProgram(undefined, '')).toBeUndefined();
    expect(await findRedisProgram('js-redis-server')).toBeUndefined();
  });

  it('js-redis-server: ends by itself when the process that started it is killed', async () => {
    const program = join(__dirname, 'js-redis.program.cjs');
    const input = JSON.stringify({ port: options.port });
    const script = `
      const { spawn } = require('node:child_process');
      const child = spawn(process.execPath, [${JSON.stringify(program)}], {
        detached: true, stdio: ['pipe', 'ignore', 'inherit'],
      });
      child.stdin.end(${JSON.stringify(input)});
      setInterval(() => undefined, 1000);`;
    const parent = spawn(process.execPath, ['-e', script], { stdio: 'inherit' });
    try {
      await until(async () => (await portTaken(options.port)) || undefined, 10_000);
      expect(await portTaken(options.port)).toBe(true);
    } finally {
      parent.kill('SIGKILL');
    }
    expect(await until(async () => !(await portTaken(options.port)) || undefined, 10_000)).toBe(
      true,
    );
  });

  it('takes over a native server that was left behind on its folder, and no other program', async () => {
    const left = await startRedis(options);
    await expect(startRedis(options)).rejects.toMatchObject({ code: 'PORT_TAKEN' });
    const elsewhere = { ...options, dir: join(scratch.dir, 'elsewhere'), takeOver: true };
    await expect(startRedis(elsewhere)).rejects.toMatchObject({ code: 'PORT_TAKEN' });
    expect(isRunning(left.pid)).toBe(true);
    if (left.isPersistent) {
      await withClient(left, (client) => client.set('left', 'behind'));
      const server = await startRedis({ ...options, takeOver: true });
      expect(isRunning(left.pid)).toBe(false);
      await withClient(server, async (client) => expect(await client.get('left')).toBe('behind'));
      await server.stop();
    }
    await left.stop();
  });

  it('says that the port is taken', async () => {
    const thief = createServer();
    await new Promise<void>((resolve) => thief.listen(options.port, '127.0.0.1', resolve));
    await expect(startRedis(options)).rejects.toMatchObject({ code: 'PORT_TAKEN' });
    await new Promise((resolve) => thief.close(resolve));
  });
});
