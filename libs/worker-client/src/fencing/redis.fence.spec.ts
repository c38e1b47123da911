import { createTestRedis } from '@weir/testing';
import { Redis } from 'ioredis';
import { RedisFence } from './redis.fence';
import { StaleEpochError } from './stale.epoch.error';

describe('RedisFence', () => {
  let server: Awaited<ReturnType<typeof createTestRedis>>;
  let redis: Redis;
  let fence: RedisFence;

  beforeAll(async () => {
    server = await createTestRedis();
    redis = new Redis(server.url());
    fence = new RedisFence((script, keys, args) =>
      redis.eval(script, keys.length, ...keys, ...args),
    );
  }, 60_000);
  afterAll(async () => {
    await redis.quit();
    await server.stop();
  });

  const push = (streamId: string, epoch: number, value = String(epoch)) =>
    fence.run(
      { streamId, epoch },
      {
        body: `return redis.call('RPUSH', KEYS[1], ARGV[1])`,
        keys: [`log:{${streamId}}`],
        args: [value],
      },
    );

  it('carries out what the newest owner sends, and gives back what the script returns', async () => {
    expect(await push('1', 7)).toBe(1);
    expect(await push('1', 7)).toBe(2);
    expect(await push('1', 9)).toBe(3);
    await expect(push('1', 8)).rejects.toThrow(StaleEpochError);
    expect(await redis.lrange('log:{1}', 0, -1)).toEqual(['7', '7', '9']);
  });

  it('compares epochs as numbers, exactly up to 2 ** 53', async () => {
    const last = Number.MAX_SAFE_INTEGER;
    await push('2', 9);
    await push('2', 10);
    await push('2', last);
    await expect(push('2', last - 1)).rejects.toThrow(StaleEpochError);
    await expect(push('2', 9)).rejects.toThrow(StaleEpochError);
  });

  it('lets no effect of an older epoch follow one of a newer, however they interleave', async () => {
    const sends: Promise<unknown>[] = [];
    for (let round = 0; round < 300; round += 1) {
      const epoch = 1 + ((round * 7) % 5);
      sends.push(push('3', epoch).catch((error: unknown) => error));
    }
    const outcomes = await Promise.all(sends);
    const written = (await redis.lrange('log:{3}', 0, -1)).map(Number);
    expect(written).toEqual([...written].sort((a, b) => a - b));
    const refused = outcomes.filter((outcome) => outcome instanceof StaleEpochError);
    expect(written.length + refused.length).toBe(300);
    expect(refused.length).toBeGreaterThan(0);
  });

  it('passes on what goes wrong in the effect itself', async () => {
    const effect = { body: `return redis.call('NONSENSE')`, keys: [], args: [] };
    const failing = fence.run({ streamId: '4', epoch: 1 }, effect);
    await expect(failing).rejects.not.toThrow(StaleEpochError);
    await expect(failing).rejects.toThrow(/NONSENSE|unknown command|Unknown Redis command/i);
  });
});
