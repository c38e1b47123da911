import { EventEmitter } from 'node:events';
import type { SimulatedProcess } from '../kernel/simulated.process';
import type {
  PostgresServer,
  ServerSession,
  SessionClient,
  SessionLimits,
} from './postgres.server';
import { follow } from './postgres.server';

/** The part of the driver's configuration that has an effect here. */
export interface ClientConfig {
  readonly statement_timeout?: number;
  readonly lock_timeout?: number;
  readonly query_timeout?: number;
  readonly idle_in_transaction_session_timeout?: number;
  readonly connectionTimeoutMillis?: number;
  readonly max?: number;
}

interface QueryText {
  readonly text: string;
  readonly values?: readonly unknown[];
}

export interface QueryResult {
  readonly rows: readonly Record<string, unknown>[];
  readonly rowCount: number;
}

interface Pending {
  readonly sql: string;
  readonly values: readonly unknown[];
  readonly resolve: (result: QueryResult) => void;
  readonly reject: (error: Error) => void;
}

const NO_LIMIT_MS = 1e9;

/** `pg.Client` over the simulated server: one connection, one statement at a time. */
export class SimulatedClient extends EventEmitter implements SessionClient {
  readonly process: SimulatedProcess;
  readonly life: number;
  isBroken = false;
  private session: ServerSession | undefined;
  private readonly queue: Pending[] = [];
  private active: Pending | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly server: PostgresServer,
    private readonly config: ClientConfig,
  ) {
    super();
    const { current } = server.machine;
    if (!current) throw new Error('a connection outside of every process');
    this.process = current;
    this.life = current.life;
  }

  connect(): Promise<void> {
    return new Promise((resolve, reject) => {
      const limitMs = this.config.connectionTimeoutMillis ?? NO_LIMIT_MS;
      const timer = setTimeout(() => {
        this.isBroken = true;
        reject(new Error('Connection terminated due to connection timeout'));
      }, limitMs);
      const settle = (work: () => void): void => {
        clearTimeout(timer);
        work();
      };
      const inMs = this.server.latencyMs(this.process);
      this.server.machine.schedule({ inMs }, () => {
        if (!this.server.isUp) return this.answer(() => settle(() => reject(refused())));
        return follow(this.server.accept(this, this.limits), (session) => {
          this.answer(() => settle(() => this.opened(session, resolve)));
        });
      });
    });
  }

  query(query: string | QueryText, values?: readonly unknown[]): Promise<QueryResult> {
    const sql = typeof query === 'string' ? query : query.text;
    const given = values ?? (typeof query === 'string' ? [] : (query.values ?? []));
    return new Promise((resolve, reject) => {
      if (this.isBroken || !this.session) {
        reject(new Error('Client has encountered a connection error and is not queryable'));
        return;
      }
      this.queue.push({ sql, values: given, resolve, reject });
      this.sendNext();
    });
  }

  end(): Promise<void> {
    const { session } = this;
    this.isBroken = true;
    if (session) {
      const inMs = this.server.latencyMs(this.process);
      this.server.machine.schedule({ inMs }, () => this.server.close(session));
    }
    this.failAll('Connection terminated');
    this.emit('end');
    return Promise.resolve();
  }

  onConnectionLost(): void {
    if (this.isBroken) return;
    this.isBroken = true;
    this.failAll('Connection terminated unexpectedly');
    this.emit('error', new Error('Connection terminated unexpectedly'));
    this.emit('end');
  }

  onNotification(channel: string, payload: string): void {
    if (!this.isBroken) this.emit('notification', { channel, payload });
  }

  private get limits(): SessionLimits {
    return {
      statementMs: this.config.statement_timeout ?? NO_LIMIT_MS,
      lockMs: this.config.lock_timeout ?? NO_LIMIT_MS,
      idleInTransactionMs: this.config.idle_in_transaction_session_timeout ?? NO_LIMIT_MS,
    };
  }

  private opened(session: ServerSession, resolve: () => void): void {
    if (this.isBroken || !session.isOpen) {
      this.server.machine.schedule({ inMs: 0 }, () => this.server.close(session));
      return;
    }
    this.session = session;
    resolve();
  }

  private answer(work: () => void): void {
    const { process } = this;
    if (process.life !== this.life) return;
    this.server.machine.schedule({ inMs: this.server.latencyMs(process), process }, work);
  }

  private sendNext(): void {
    const { session } = this;
    if (this.active || !session) return;
    const next = this.queue.shift();
    if (!next) return;
    this.active = next;
    const { query_timeout: limitMs } = this.config;
    if (limitMs !== undefined) this.timer = setTimeout(() => this.timeOut(next), limitMs);
    const statement = {
      sql: next.sql,
      parameters: next.values,
      reply: (outcome: Parameters<Parameters<PostgresServer['receive']>[1]['reply']>[0]) => {
        if (this.active !== next) return;
        this.settled();
        if (outcome.kind === 'failed') next.reject(outcome.error);
        else next.resolve({ rows: outcome.result.rows, rowCount: outcome.result.rows.length });
        this.sendNext();
      },
    };
    const inMs = this.server.latencyMs(this.process);
    this.server.machine.schedule({ inMs }, () => this.server.receive(session, statement));
  }

  /** The statement may go on at the server; its answer is not waited for any more. */
  private timeOut(pending: Pending): void {
    if (this.active !== pending) return;
    this.settled();
    this.isBroken = true;
    pending.reject(new Error('Query read timeout'));
  }

  private settled(): void {
    clearTimeout(this.timer);
    this.active = undefined;
  }

  private failAll(message: string): void {
    const { active } = this;
    this.settled();
    active?.reject(new Error(message));
    for (const { reject } of this.queue.splice(0)) reject(new Error(message));
  }
}

function refused(): Error {
  return Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
}
