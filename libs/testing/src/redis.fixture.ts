import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, startRedis } from '@weir/embedded';
import type { RedisServer } from '@weir/embedded';

/**
 * A Redis of its own for one test file: `redis-server` where it is installed, else the embedded
 * one.
 */
export async function createTestRedis(): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'weir-test-redis-'));
  const [port] = await freePorts(1);
  const server = await startRedis({
    port: port ?? 0,
    dir: folder,
    logFile: join(folder, 'redis.log'),
  });
  const stop = server.stop.bind(server);
  return Object.assign(server, {
    stop: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  });
}
