import { Logger } from '@nestjs/common';
import { DomainError } from '@weir/domain';
import { freePorts } from '@weir/embedded';
import { loadConfig, RedisSection } from '@weir/config';
import { ProcessorRunner, probeRedis, QueuesContext, RedisPolicyError } from './index';
import { SilentQueueObserver } from './queue.observer';
import type { QueueName } from './index';
import { startPolicyServer } from './policy.fixture.test-support';
import { eventually, startTestRedis } from './queues.test-support';
import type { TestRedis } from './queues.test-support';

class CountingObserver extends SilentQueueObserver {
  dropped = 0;
  processed: string[] = [];

  override jobOffered(_queue?: QueueName, outcome?: 'added' | 'dropped'): void {
    if (outcome === 'dropped') this.dropped += 1;
  }

  override jobProcessed(queue?: QueueName, outcome?: 'completed' | 'failed'): void {
    this.processed.push(`${queue} ${outcome}`);
  }
}

jest.setTimeout(60_000);
Logger.overrideLogger(false);

describe('queues on a real Redis', () => {
  let redis: TestRedis;
  let observer: CountingObserver;
  let context: QueuesContext;
  const closing: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    redis = await startTestRedis();
  });
  afterAll(() => redis.end());

  beforeEach(async () => {
    observer = new CountingObserver();
    context = new QueuesContext(redis.section, observer);
    await eventually(() => context.connection.isReady, Boolean);
    await context.connection.client.flushall();
  });
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
    await context.close();
  });

  function run(handler: (fleet: string) => Promise<unknown>): ProcessorRunner<'balance'> {
    const runner = new ProcessorRunner('balance', ({ fleet }) => handler(fleet), context);
    runner.start();
    closing.push(() => runner.close(2000));
    return runner;
  }

  it('carries a doorbell to the processor', async () => {
    const heard: string[] = [];
    run(async (fleet) => heard.push(fleet));
    expect(await context.producer.ringBalance('alpha')).toBe(true);
    await eventually(
      () => heard,
      (h) => h.includes('alpha'),
    );
    await eventually(
      () => observer.processed,
      (p) => p.includes('balance completed'),
    );
  });

  it('drops a doorbell of a fleet while one is waiting, but not that of another fleet', async () => {
    for (const fleet of ['alpha', 'alpha', 'beta', 'alpha']) {
      expect(await context.producer.ringBalance(fleet)).toBe(true);
    }
    expect((await context.registry.count('balance', Date.now())).waiting).toBe(2);
  });

  it('hears a doorbell again that rings while the previous one is being answered', async () => {
    let release: () => void = () => {};
    let answered = 0;
    run(async () => {
      answered += 1;
      if (answered === 1) await new Promise<void>((resolve) => (release = resolve));
    });
    await context.producer.ringBalance('alpha');
    await eventually(
      () => answered,
      (n) => n === 1,
    );
    await context.producer.ringBalance('alpha');
    await context.producer.ringBalance('alpha');
    release();
    await eventually(
      () => answered,
      (n) => n === 2,
    );
    await eventually(
      () => context.registry.count('balance', Date.now()),
      (c) => c.waiting === 0 && c.active === 0,
    );
    expect(answered).toBe(2);
  });

  it('tries a transient failure again and a permanent one not', async () => {
    let attempts = 0;
    const runner = new ProcessorRunner(
      'consistency',
      async ({ requestedBy }) => {
        attempts += 1;
        if (requestedBy === 'permanent') throw new DomainError('FLEET_UNKNOWN', 'no such fleet');
        if (attempts === 1) throw new Error('connection lost');
      },
      context,
    );
    runner.start();
    closing.push(() => runner.close(2000));
    await context.producer.enqueue('consistency', { repair: false, requestedBy: 'transient' });
    await eventually(
      () => observer.processed.length,
      (n) => n === 2,
    );
    expect(observer.processed).toEqual(['consistency failed', 'consistency completed']);
    attempts = 10;
    await context.producer.enqueue('consistency', { repair: false, requestedBy: 'permanent' });
    await eventually(
      () => context.registry.count('consistency', Date.now()),
      (counts) => counts.failed === 1,
    );
    expect(attempts).toBe(11);
  });

  it('fails a job whose payload is not valid without calling the handler', async () => {
    const heard: string[] = [];
    run(async (fleet) => heard.push(fleet));
    await context.registry.get('balance').add('balance', { fleet: 'no spaces allowed' });
    await eventually(
      () => context.registry.count('balance', Date.now()),
      (counts) => counts.failed === 1,
    );
    expect(heard).toEqual([]);
  });

  it('finishes the running job before it closes', async () => {
    let isDone = false;
    let release: () => void = () => {};
    const runner = run(async () => {
      await new Promise<void>((resolve) => (release = resolve));
      isDone = true;
    });
    await context.producer.ringBalance('alpha');
    await eventually(
      () => context.registry.count('balance', Date.now()),
      (counts) => counts.active === 1,
    );
    const closed = runner.close(10_000);
    release();
    await closed;
    expect(isDone).toBe(true);
  });

  describe('schedules', () => {
    const schedule = {
      id: 'verify-all',
      queue: 'consistency' as const,
      payload: { repair: true, requestedBy: 'schedule' },
      timing: { everyMs: 60_000 },
    };

    async function nextRunMs(): Promise<number | undefined> {
      return (await context.registry.get('consistency').getJobScheduler(schedule.id))?.next;
    }

    it('are written once, whoever and how many ask', async () => {
      const others = [1, 2, 3].map(() => new QueuesContext(redis.section, observer));
      closing.push(...others.map((other) => () => other.close()));
      for (const other of others) await eventually(() => other.connection.isReady, Boolean);
      const outcomes = await Promise.all(
        [context, ...others].map((replica) => replica.schedules.keep(schedule)),
      );
      expect(outcomes.filter((outcome) => outcome === 'written')).toHaveLength(1);
      const next = await nextRunMs();
      expect(await others[0]!.schedules.ensureAll()).toEqual(['unchanged']);
      expect(await nextRunMs()).toBe(next);
      expect(await context.registry.get('consistency').getJobSchedulersCount()).toBe(1);
    });

    it('are written again when their definition changes', async () => {
      await context.schedules.keep(schedule);
      const changed = new QueuesContext(redis.section, observer);
      closing.push(() => changed.close());
      await eventually(() => changed.connection.isReady, Boolean);
      const outcome = await changed.schedules.keep({ ...schedule, timing: { everyMs: 30_000 } });
      expect(outcome).toBe('written');
      const stored = await context.registry.get('consistency').getJobScheduler(schedule.id);
      expect(stored?.every).toBe(30_000);
    });

    it('rebuild themselves after Redis was wiped', async () => {
      await context.schedules.keep(schedule);
      await context.connection.client.flushall();
      expect(await nextRunMs()).toBeUndefined();
      expect(await context.schedules.ensureAll()).toEqual(['written']);
      expect(await nextRunMs()).toBeGreaterThan(Date.now() - 1000);
    });

    it('make the processor run by themselves', async () => {
      const seen: string[] = [];
      const runner = new ProcessorRunner(
        'consistency',
        async ({ requestedBy }) => seen.push(requestedBy),
        context,
      );
      runner.start();
      closing.push(() => runner.close(2000));
      await context.schedules.keep({ ...schedule, timing: { everyMs: 200 } });
      await eventually(
        () => seen.length,
        (n) => n >= 3,
      );
      expect(new Set(seen)).toEqual(new Set(['schedule']));
    });
  });
});

describe('queues while Redis is away', () => {
  it('drops jobs at once, and works again by itself when Redis is back', async () => {
    const redis = await startTestRedis();
    const observer = new CountingObserver();
    const context = new QueuesContext(redis.section, observer);
    await eventually(() => context.connection.isReady, Boolean);
    const heard: string[] = [];
    const runner = new ProcessorRunner('balance', async ({ fleet }) => heard.push(fleet), context);
    runner.start();
    await context.producer.ringBalance('before');
    await eventually(
      () => heard,
      (h) => h.includes('before'),
    );

    await redis.server.kill('SIGKILL');
    await eventually(
      () => context.connection.isReady,
      (isReady) => !isReady,
    );
    const startedAtMs = performance.now();
    expect(await context.producer.ringBalance('during')).toBe(false);
    expect(performance.now() - startedAtMs).toBeLessThan(300);
    expect(observer.dropped).toBe(1);

    await redis.server.restart();
    await eventually(() => context.producer.ringBalance('after'), Boolean);
    await eventually(
      () => heard,
      (h) => h.includes('after'),
    );
    await runner.close(2000);
    await context.close();
    await redis.end();
  });

  it('gives up waiting within its bound when Redis is there but silent', async () => {
    const redis = await startTestRedis();
    const context = new QueuesContext(redis.section, new CountingObserver());
    await eventually(() => context.producer.ringBalance('warm'), Boolean);
    await redis.server.kill('SIGSTOP');
    const startedAtMs = performance.now();
    expect(await context.producer.ringBalance('silent')).toBe(false);
    expect(performance.now() - startedAtMs).toBeLessThan(1000);
    await redis.server.kill('SIGCONT');
    await context.close();
    await redis.end();
  });

  it('starts without Redis, is served as soon as it comes, and closes in bounded time', async () => {
    const redis = await startTestRedis();
    await redis.server.kill('SIGKILL');
    const context = new QueuesContext(redis.section, new CountingObserver());
    const heard: string[] = [];
    const runner = new ProcessorRunner('balance', async ({ fleet }) => heard.push(fleet), context);
    runner.start();
    expect(await context.producer.ringBalance('early')).toBe(false);
    await redis.server.restart();
    await eventually(() => context.producer.ringBalance('served'), Boolean);
    await eventually(
      () => heard,
      (h) => h.includes('served'),
    );

    await redis.server.kill('SIGKILL');
    await eventually(
      () => context.connection.isReady,
      (isReady) => !isReady,
    );
    const startedAtMs = performance.now();
    await runner.close(2000);
    await context.close();
    expect(performance.now() - startedAtMs).toBeLessThan(3000);
    await redis.end();
  });
});

describe('probeRedis', () => {
  it('accepts a Redis that never evicts', async () => {
    const redis = await startTestRedis();
    await expect(probeRedis(redis.section)).resolves.toBeUndefined();
    await redis.end();
  });

  it.each(['allkeys-lru', 'volatile-ttl'])('refuses %s, and says what to set', async (policy) => {
    const server = await startPolicyServer(policy);
    const { redis } = loadConfig({ redis: RedisSection }, { REDIS_PORT: String(server.port) });
    const probing = probeRedis(redis);
    await expect(probing).rejects.toBeInstanceOf(RedisPolicyError);
    await expect(probing).rejects.toThrow('maxmemory-policy noeviction');
    await server.end();
  });

  it('refuses a real Redis that evicts; one that cannot evict is accepted', async () => {
    const redis = await startTestRedis({ 'maxmemory-policy': 'allkeys-lru' });
    const outcome = await probeRedis(redis.section).catch((error: unknown) => error);
    // js-redis-server, the only Redis of some machines, has no settings and never evicts.
    const canEvict = redis.server.kind !== 'js-redis-server';
    expect(outcome instanceof RedisPolicyError).toBe(canEvict);
    await redis.end();
  });

  it('says why it cannot connect', async () => {
    const [port = 0] = await freePorts(1);
    const { redis } = loadConfig({ redis: RedisSection }, { REDIS_PORT: String(port) });
    await expect(probeRedis(redis)).rejects.toThrow('ECONNREFUSED');
  });
});
