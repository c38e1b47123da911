import { startRedis } from '@weir/embedded';
import type { RedisOptions, RedisServer } from '@weir/embedded';
import { Redis } from 'ioredis';
import type { Member } from './member';

const TIMEOUT_MS = 2_000;

/** The embedded Redis, or the one on the PATH. */
export class RedisMember implements Member {
  readonly name = 'redis';
  isUp = false;
  isPaused = false;
  private server: RedisServer | undefined;

  constructor(private readonly options: RedisOptions) {}

  get pid(): number | undefined {
    return this.isUp ? this.server?.pid : undefined;
  }

  get isPersistent(): boolean {
    return this.server?.isPersistent ?? false;
  }

  async start(): Promise<void> {
    if (this.isUp) return;
    if (this.server) await this.server.restart();
    else this.server = await startRedis(this.options);
    this.isUp = true;
  }

  async stop(): Promise<void> {
    this.resume();
    this.isUp = false;
    await this.server?.stop();
  }

  async kill(): Promise<void> {
    this.resume();
    this.isUp = false;
    await this.server?.kill('SIGKILL');
  }

  pause(): void {
    if (this.pid === undefined) return;
    process.kill(this.pid, 'SIGSTOP');
    this.isPaused = true;
  }

  resume(): void {
    if (this.pid !== undefined) process.kill(this.pid, 'SIGCONT');
    this.isPaused = false;
  }

  /** Sends one command on a connection of its own. @throws when Redis refuses it. */
  async command(name: string, ...args: readonly string[]): Promise<unknown> {
    const client = new Redis({
      host: '127.0.0.1',
      port: this.options.port,
      ...(this.options.password !== undefined && { password: this.options.password }),
      lazyConnect: true,
      connectTimeout: TIMEOUT_MS,
      commandTimeout: TIMEOUT_MS,
      maxRetriesPerRequest: 0,
      retryStrategy: () => null,
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return await client.call(name, ...args);
    } finally {
      client.disconnect();
    }
  }
}
