import { Logger } from '@nestjs/common';
import { RedisSection } from '@weir/config';
import { Redis } from 'ioredis';
import { within } from './bounded';
import { blockingOptions, failFastOptions } from './redis.options';
import type { RedisOptions } from 'bullmq';

const QUIT_TIMEOUT_MS = 500;

/**
 * The one connection to Redis that everything in a process shares, except processors, which need
 * blocking ones of their own. It reconnects for ever and says so once per outage, not once per
 * attempt.
 */
export class QueueConnection {
  readonly client: Redis;
  private readonly log = new Logger('Redis');
  private isOutageLogged = false;
  private reconnects = 0;

  constructor(private readonly section: RedisSection) {
    this.client = new Redis(failFastOptions(section));
    this.client.on('error', (error) => this.logOutage(error));
    this.client.on('close', () => this.logOutage(undefined));
    this.client.on('ready', () => this.logReturn());
  }

  get isReady(): boolean {
    return this.client.status === 'ready';
  }

  /** How often the connection came back since the start of the process. */
  get reconnectCount(): number {
    return this.reconnects;
  }

  /** Options for a connection that may block. */
  blockingOptions(): RedisOptions {
    return blockingOptions(this.section);
  }

  /** Ends the connection; bounded, also while Redis is away. */
  async close(): Promise<void> {
    this.isOutageLogged = true;
    if (this.isReady) await within(this.client.quit(), QUIT_TIMEOUT_MS);
    this.client.disconnect();
  }

  private logOutage(error: Error | undefined): void {
    if (this.isOutageLogged) return;
    this.isOutageLogged = true;
    const reason = error?.message || 'connection closed';
    this.log.warn(`Redis is away (${reason}); loops go on by their cadence, reconnecting`);
  }

  private logReturn(): void {
    if (this.isOutageLogged) {
      this.reconnects += 1;
      this.log.log('Redis is back');
    }
    this.isOutageLogged = false;
  }
}
