import type { RedisSection } from '@weir/config';
import { loadConfig, RedisSection as Redis } from '@weir/config';
import { freePorts, startRedis } from '@weir/embedded';
import type { RedisServer } from '@weir/embedded';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TestRedis {
  readonly server: RedisServer;
  readonly section: RedisSection;
  end(): Promise<void>;
}

/** A Redis of its own for one test file; `settings` as in redis.conf. */
export async function startTestRedis(settings: Record<string, string> = {}): Promise<TestRedis> {
  const dir = await mkdtemp(join(tmpdir(), 'weir-redis-'));
  const [port = 0] = await freePorts(1);
  const server = await startRedis({ port, dir, logFile: join(dir, 'redis.log'), settings });
  return {
    server,
    section: loadConfig({ redis: Redis }, { REDIS_PORT: String(port) }).redis,
    end: async () => {
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Waits until a condition holds; fails with what it last gave. */
export async function eventually<T>(
  look: () => T | Promise<T>,
  holds: (seen: T) => boolean,
  timeoutMs = 15_000,
): Promise<T> {
  const deadlineMs = performance.now() + timeoutMs;
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (performance.now() > deadlineMs)
      throw new Error(`never held; last: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
