import { EventEmitter } from 'node:events';
import type { PostgresServer } from './postgres.server';
import { SimulatedClient } from './simulated.client';
import type { ClientConfig, QueryResult } from './simulated.client';

interface PooledClient extends SimulatedClient {
  release(error?: unknown): void;
}

interface Waiting {
  readonly resolve: (client: PooledClient) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** `pg.Pool` over simulated connections: bounded, with a bounded wait for one. */
export class SimulatedPool extends EventEmitter {
  private readonly idle: PooledClient[] = [];
  private readonly waiting: Waiting[] = [];
  private taken = 0;
  private isEnded = false;

  constructor(
    private readonly server: PostgresServer,
    private readonly config: ClientConfig,
  ) {
    super();
  }

  connect(): Promise<PooledClient> {
    const known = this.takeIdle();
    if (known) return Promise.resolve(known);
    if (this.taken < (this.config.max ?? 10)) return this.open();
    return new Promise((resolve, reject) => {
      const limitMs = this.config.connectionTimeoutMillis ?? 1e9;
      const timer = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(entry), 1);
        reject(new Error('timeout exceeded when trying to connect'));
      }, limitMs);
      const entry = { resolve, reject, timer };
      this.waiting.push(entry);
    });
  }

  async query(text: string, values?: readonly unknown[]): Promise<QueryResult> {
    const client = await this.connect();
    try {
      const result = await client.query(text, values);
      client.release();
      return result;
    } catch (error) {
      client.release(error);
      throw error;
    }
  }

  end(): Promise<void> {
    this.isEnded = true;
    for (const client of this.idle.splice(0)) void client.end();
    return Promise.resolve();
  }

  private takeIdle(): PooledClient | undefined {
    for (let client = this.idle.pop(); client; client = this.idle.pop()) {
      if (client.isBroken) continue;
      this.taken += 1;
      return client;
    }
    return undefined;
  }

  private async open(): Promise<PooledClient> {
    this.taken += 1;
    const client = this.create();
    try {
      await client.connect();
    } catch (error) {
      this.taken -= 1;
      this.serveWaiting();
      throw error;
    }
    this.emit('connect', client);
    return client;
  }

  private create(): PooledClient {
    const client = new SimulatedClient(this.server, this.config);
    client.on('error', (error: Error) => {
      const at = this.idle.indexOf(pooled);
      if (at < 0) return;
      this.idle.splice(at, 1);
      this.emit('error', error);
    });
    const pooled: PooledClient = Object.assign(client, {
      release: (error?: unknown) => this.giveBack(pooled, error),
    });
    return pooled;
  }

  private giveBack(client: PooledClient, error: unknown): void {
    this.taken -= 1;
    if (error || client.isBroken || this.isEnded) void client.end();
    else this.idle.push(client);
    this.serveWaiting();
  }

  private serveWaiting(): void {
    const next = this.waiting.shift();
    if (!next) return;
    clearTimeout(next.timer);
    this.connect().then(next.resolve, next.reject);
  }
}
