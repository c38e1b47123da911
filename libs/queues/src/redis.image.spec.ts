import { Logger } from '@nestjs/common';
import { loadConfig, RedisSection } from '@weir/config';
import { ProcessorRunner, probeRedis, QueuesContext } from './index';
import { SilentQueueObserver } from './queue.observer';
import { eventually, startTestRedis } from './queues.test-support';
import type { TestRedis } from './queues.test-support';

jest.setTimeout(60_000);
Logger.overrideLogger(false);

/**
 * The Redis that TEST_REDIS_URL names (the container tests start the image), else one of its own.
 */
async function provideRedis(): Promise<Pick<TestRedis, 'section' | 'end'>> {
  const given = process.env['TEST_REDIS_URL'];
  if (!given) return startTestRedis();
  const { hostname, port } = new URL(given);
  const { redis } = loadConfig({ redis: RedisSection }, { REDIS_HOST: hostname, REDIS_PORT: port });
  return { section: redis, end: () => Promise.resolve() };
}

const which = process.env['TEST_REDIS_URL'] ? 'the Redis of TEST_REDIS_URL' : 'an embedded Redis';

describe(`on ${which}`, () => {
  let redis: Awaited<ReturnType<typeof provideRedis>>;
  let context: QueuesContext;

  beforeAll(async () => {
    redis = await provideRedis();
    context = new QueuesContext(redis.section, new SilentQueueObserver());
    await eventually(() => context.connection.isReady, Boolean);
    await context.connection.client.flushall();
  });
  afterAll(async () => {
    await context.close();
    await redis.end();
  });

  it('the start-up probe accepts it', async () => {
    await expect(probeRedis(redis.section)).resolves.toBeUndefined();
  });

  it('a doorbell reaches its processor', async () => {
    const heard: string[] = [];
    const runner = new ProcessorRunner(
      'balance',
      ({ fleet }) => Promise.resolve(heard.push(fleet)),
      context,
    );
    runner.start();
    expect(await context.producer.ringBalance('alpha')).toBe(true);
    await eventually(
      () => heard,
      (fleets) => fleets.includes('alpha'),
    );
    await runner.close(2_000);
  });
});
