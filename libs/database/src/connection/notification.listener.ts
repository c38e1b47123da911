import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';
import type { DatabaseOptions } from './database-options';

/** The one channel on which committed changes are announced. */
export const FLEET_CHANNEL = 'weir_fleet';

/**
 * What one transaction changed in one fleet. Sent by NOTIFY, so it comes after the commit or not at
 * all.
 */
export interface FleetNotice {
  readonly fleetId: number;
  /** Present when assignments changed: the revision they carry. */
  readonly revision?: number;
  /** Instances whose assignments changed; absent means any may have. */
  readonly servers?: readonly string[];
  /** True when the control loop has something to do. */
  readonly work?: boolean;
  /** True when events were appended. */
  readonly events?: boolean;
}

export interface NoticeHandler {
  onNotice(notice: FleetNotice): void;
  /** Notices may have been lost: look at everything. Called after each (re)connection. */
  onGap(): void;
  onError(error: Error): void;
}

const RECONNECT_FIRST_MS = 100;
const RECONNECT_MOST_MS = 2_000;

/**
 * Holds one connection that LISTENs, and makes it again when it breaks. A half-open connection is
 * noticed by a query every few seconds.
 */
export class NotificationListener {
  private client: Client | undefined;
  private isClosed = false;
  private probe: NodeJS.Timeout | undefined;
  private readonly closing = new AbortController();

  constructor(
    private readonly options: DatabaseOptions,
    private readonly handler: NoticeHandler,
    private readonly probeIntervalMs = 3_000,
  ) {}

  /** Starts listening; returns at once and keeps trying in the background. */
  start(): void {
    void this.keepConnected();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.closing.abort();
    clearInterval(this.probe);
    await this.client?.end().catch(() => undefined);
  }

  private async keepConnected(): Promise<void> {
    let delayMs = RECONNECT_FIRST_MS;
    while (!this.isClosed) {
      try {
        await this.listenUntilBroken(() => {
          delayMs = RECONNECT_FIRST_MS;
        });
      } catch (error) {
        this.handler.onError(error as Error);
      }
      if (this.isClosed) return;
      await wait(delayMs * (0.5 + Math.random()), undefined, { signal: this.closing.signal }).catch(
        () => undefined,
      );
      delayMs = Math.min(RECONNECT_MOST_MS, delayMs * 2);
    }
  }

  private async listenUntilBroken(onConnected: () => void): Promise<void> {
    const client = this.createClient();
    this.client = client;
    const broken = new Promise<never>((_resolve, reject) => {
      client.on('error', reject);
      client.on('end', () => reject(new Error('listening connection ended')));
    });
    broken.catch(() => undefined);
    try {
      await client.connect();
      client.on('notification', (message) => this.receive(message.payload));
      await client.query(`listen ${FLEET_CHANNEL}`);
      onConnected();
      this.handler.onGap();
      this.probe = setInterval(() => {
        client.query('select 1').catch((error: Error) => client.emit('error', error));
      }, this.probeIntervalMs);
      this.probe.unref();
      await broken;
    } finally {
      clearInterval(this.probe);
      void client.end().catch(() => undefined);
    }
  }

  private createClient(): Client {
    return new Client({
      host: this.options.host,
      port: this.options.port,
      database: this.options.name,
      user: this.options.user,
      password: this.options.password,
      application_name: `${this.options.applicationName}:listen`,
      connectionTimeoutMillis: 2_000,
      query_timeout: 2_000,
      keepAlive: true,
    });
  }

  private receive(payload: string | undefined): void {
    const notice = parseNotice(payload);
    if (notice) this.handler.onNotice(notice);
    else this.handler.onGap();
  }
}

function parseNotice(payload: string | undefined): FleetNotice | undefined {
  try {
    const value: unknown = JSON.parse(payload ?? '');
    if (typeof value === 'object' && value !== null && 'fleetId' in value)
      return value as FleetNotice;
  } catch {
    return undefined;
  }
  return undefined;
}
