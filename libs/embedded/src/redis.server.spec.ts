import { createServer } from 'node:net';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePorts } from './port.probe';
import { findRedisProgram } from './redis.kind';
import { type RedisOptions, type RedisServer, startRedis } from './redis.server';
import { isRunning, makeScratch } from './scratch.test-support';

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

  it('says that the port is taken', async () => {
    const thief = createServer();
    await new Promise<void>((resolve) => thief.listen(options.port, '127.0.0.1', resolve));
    await expect(startRedis(options)).rejects.toMatchObject({ code: 'PORT_TAKEN' });
    await new Promise((resolve) => thief.close(resolve));
  });
});
