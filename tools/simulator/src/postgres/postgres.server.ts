import type { ScheduledEvent } from '../kernel/event.heap';
import type { SeededRandom } from '../kernel/seeded.random';
import type { SimulatedProcess } from '../kernel/simulated.process';
import type { VirtualMachine } from '../kernel/virtual.machine';
import type { Backend, BackendSession, StatementOutcome } from './backend';

/** Limits of a session, as the application asked for them. In ms. */
export interface SessionLimits {
  readonly statementMs: number;
  readonly lockMs: number;
  readonly idleInTransactionMs: number;
}

/** What the server tells a client. */
export interface SessionClient {
  readonly process: SimulatedProcess;
  readonly life: number;
  onConnectionLost(): void;
  onNotification(channel: string, payload: string): void;
}

export interface Statement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
  readonly reply: (outcome: Exclude<StatementOutcome, { kind: 'waits' }>) => void;
}

/** What chance does to statements; changed by faults while a history runs. */
export interface ServerConditions {
  /** Share of statements that take long, and how long at most. */
  slowShare: number;
  slowMostMs: number;
  /** Share of statements during which the connection breaks, before or after they took effect. */
  breakShare: number;
  /** Share of transactions whose COMMIT takes effect and is never answered. */
  lostCommitShare: number;
}

/** Counts of what happened, for the history's report. */
export interface ServerCounts {
  statements: number;
  commits: number;
  waits: number;
  lockTimeouts: number;
  brokenBefore: number;
  brokenAfter: number;
  lostCommits: number;
  slow: number;
}

const NOTIFY = 'select pg_notify($1, $2)';
const QUICK_LEAST_MS = 0.05;
const QUICK_MOST_MS = 0.6;
const LATENCY_LEAST_MS = 0.05;
const LATENCY_MOST_MS = 1;

/** One session: a connection that the server holds. */
export class ServerSession {
  isOpen = true;
  isInTransaction = false;
  isListening = false;
  readonly notices: { readonly channel: string; readonly payload: string }[] = [];
  waiting: Statement | undefined;
  timers: ScheduledEvent[] = [];
  idle: ScheduledEvent | undefined;

  constructor(
    readonly client: SessionClient,
    readonly limits: SessionLimits,
    readonly backend: BackendSession,
  ) {}
}

/**
 * PostgreSQL's outside in virtual time: connections, how long things take, time limits, waiting for
 * locks, restarts. What statements do is the backend's.
 */
export class PostgresServer {
  readonly conditions: ServerConditions = {
    slowShare: 0,
    slowMostMs: 0,
    breakShare: 0,
    lostCommitShare: 0,
  };
  readonly counts: ServerCounts = {
    statements: 0,
    commits: 0,
    waits: 0,
    lockTimeouts: 0,
    brokenBefore: 0,
    brokenAfter: 0,
    lostCommits: 0,
    slow: 0,
  };
  /** How far its clock is off real time, in ms. */
  clockOffsetMs = 0;
  isUp = true;
  /** Told after every commit. */
  onCommit: () => void | Promise<void> = () => undefined;
  private readonly sessions = new Set<ServerSession>();
  private readonly waiting: ServerSession[] = [];
  private readonly random: SeededRandom;

  constructor(
    readonly machine: VirtualMachine,
    readonly backend: Backend,
  ) {
    this.random = machine.random('postgres');
  }

  /** How long a message between the server and a process takes now, in ms. */
  latencyMs(process: SimulatedProcess): number {
    const quick = this.random.between(LATENCY_LEAST_MS, LATENCY_MOST_MS);
    return Math.max(quick, process.databaseCutUntil - this.machine.now);
  }

  accept(client: SessionClient, limits: SessionLimits): ServerSession | Promise<ServerSession> {
    return follow(this.backend.open(), (backend) => {
      const session = new ServerSession(client, limits, backend);
      this.sessions.add(session);
      return session;
    });
  }

  receive(session: ServerSession, statement: Statement): void | Promise<void> {
    if (!session.isOpen) return;
    this.counts.statements += 1;
    if (session.idle) session.idle.isCancelled = true;
    if (this.random.happens(this.conditions.breakShare)) {
      const isAfter = this.random.happens(0.5);
      if (!isAfter) {
        this.counts.brokenBefore += 1;
        return this.drop(session);
      }
      this.counts.brokenAfter += 1;
      return follow(this.execute(session, silenced(statement), false), () => this.drop(session));
    }
    return this.execute(session, statement, false);
  }

  /** The client is gone, or says goodbye. */
  close(session: ServerSession): void | Promise<void> {
    if (!session.isOpen) return;
    session.isOpen = false;
    this.sessions.delete(session);
    this.stopWaiting(session);
    if (session.idle) session.idle.isCancelled = true;
    return follow(session.backend.close(), () => this.retryWaiting());
  }

  /** Ends a session from the server's side: its client learns of it a little later. */
  drop(session: ServerSession): void | Promise<void> {
    if (!session.isOpen) return;
    const { client } = session;
    return follow(this.close(session), () => {
      const inMs = this.latencyMs(client.process);
      if (client.process.life !== client.life) return;
      this.machine.schedule({ inMs, process: client.process }, () => client.onConnectionLost());
    });
  }

  /** All connections are gone, and nobody gets another until `start`. */
  stop(): void | Promise<void> {
    this.isUp = false;
    return this.dropAll([...this.sessions]);
  }

  start(): void {
    this.isUp = true;
  }

  /** Every session of a process that has crashed. */
  closeAllOf(process: SimulatedProcess, life: number): void | Promise<void> {
    const gone = [...this.sessions].filter(
      ({ client }) => client.process === process && client.life === life,
    );
    return gone.reduce<void | Promise<void>>(
      (before, session) => follow(before, () => this.close(session)),
      undefined,
    );
  }

  private dropAll(sessions: readonly ServerSession[]): void | Promise<void> {
    return sessions.reduce<void | Promise<void>>(
      (before, session) => follow(before, () => this.drop(session)),
      undefined,
    );
  }

  private execute(
    session: ServerSession,
    statement: Statement,
    hasWaited: boolean,
  ): void | Promise<void> {
    const { sql, parameters } = statement;
    if (sql === NOTIFY) return this.notify(session, statement);
    if (sql.startsWith('listen ')) {
      session.isListening = true;
      return this.reply(session, statement, EMPTY);
    }
    return follow(session.backend.execute(sql, parameters, hasWaited), (outcome) =>
      this.conclude(session, statement, inOrder(sql, outcome)),
    );
  }

  private conclude(
    session: ServerSession,
    statement: Statement,
    outcome: StatementOutcome,
  ): void | Promise<void> {
    if (outcome.kind === 'waits') return this.wait(session, statement);
    this.stopWaiting(session);
    const { sql } = statement;
    if (sql.startsWith('begin')) session.isInTransaction = true;
    const isEnd = sql === 'commit' || sql === 'rollback';
    const endsTransaction = isEnd || !session.isInTransaction;
    if (isEnd) session.isInTransaction = false;
    this.reply(session, statement, outcome);
    if (!endsTransaction) return;
    const isCommit = sql !== 'rollback' && outcome.kind === 'done';
    return follow(isCommit ? this.committed(session) : this.forget(session), () =>
      this.retryWaiting(),
    );
  }

  private committed(session: ServerSession): void | Promise<void> {
    this.counts.commits += 1;
    for (const { channel, payload } of session.notices.splice(0)) this.publish(channel, payload);
    return this.onCommit();
  }

  private forget(session: ServerSession): void {
    session.notices.length = 0;
  }

  private notify(session: ServerSession, statement: Statement): void {
    const [channel, payload] = statement.parameters as [string, string];
    if (session.isInTransaction) session.notices.push({ channel, payload });
    else this.publish(channel, payload);
    this.reply(session, statement, EMPTY);
  }

  private publish(channel: string, payload: string): void {
    for (const { client, isListening } of this.sessions) {
      if (!isListening || client.process.life !== client.life) continue;
      const inMs = this.latencyMs(client.process);
      this.machine.schedule({ inMs, process: client.process }, () =>
        client.onNotification(channel, payload),
      );
    }
  }

  private reply(
    session: ServerSession,
    statement: Statement,
    outcome: Exclude<StatementOutcome, { kind: 'waits' }>,
  ): void {
    this.armIdleLimit(session);
    const { process, life } = session.client;
    if (process.life !== life) return;
    const isLost =
      statement.sql === 'commit' && this.random.happens(this.conditions.lostCommitShare);
    if (isLost) {
      this.counts.lostCommits += 1;
      this.machine.schedule({ inMs: 0 }, () => this.drop(session));
      return;
    }
    const inMs = this.workMs() + this.latencyMs(process);
    this.machine.schedule({ inMs, process }, () => {
      if (session.isOpen) statement.reply(outcome);
    });
  }

  private workMs(): number {
    if (this.random.happens(this.conditions.slowShare)) {
      this.counts.slow += 1;
      return this.random.between(1, this.conditions.slowMostMs);
    }
    return this.random.between(QUICK_LEAST_MS, QUICK_MOST_MS);
  }

  /** Who is silent in the middle of a transaction holds its locks no longer than this. */
  private armIdleLimit(session: ServerSession): void {
    if (session.idle) session.idle.isCancelled = true;
    if (!session.isInTransaction) return;
    session.idle = this.machine.schedule({ inMs: session.limits.idleInTransactionMs }, () =>
      this.drop(session),
    );
  }

  private wait(session: ServerSession, statement: Statement): void {
    if (session.waiting) return;
    this.counts.waits += 1;
    session.waiting = statement;
    this.waiting.push(session);
    const limits = [
      {
        inMs: session.limits.lockMs,
        code: '55P03',
        message: 'canceling statement due to lock timeout',
      },
      {
        inMs: session.limits.statementMs,
        code: '57014',
        message: 'canceling statement due to statement timeout',
      },
    ];
    session.timers = limits.map(({ inMs, code, message }) =>
      this.machine.schedule({ inMs }, () => this.giveUp(session, { code, message })),
    );
  }

  private giveUp(
    session: ServerSession,
    { code, message }: { readonly code: string; readonly message: string },
  ): void | Promise<void> {
    const statement = session.waiting;
    if (!statement) return;
    this.counts.lockTimeouts += 1;
    this.stopWaiting(session);
    const error = Object.assign(new Error(message), { code });
    return follow(session.backend.cancel(), () => {
      this.reply(session, statement, { kind: 'failed', error });
    });
  }

  private stopWaiting(session: ServerSession): void {
    session.waiting = undefined;
    for (const timer of session.timers.splice(0)) timer.isCancelled = true;
    const at = this.waiting.indexOf(session);
    if (at >= 0) this.waiting.splice(at, 1);
  }

  /** Locks may be free: whoever waits tries again, in the order in which they began to. */
  private retryWaiting(): void | Promise<void> {
    return [...this.waiting].reduce<void | Promise<void>>(
      (before, session) =>
        follow(before, () => {
          const statement = session.waiting;
          if (statement) return this.execute(session, statement, true);
        }),
      undefined,
    );
  }
}

const EMPTY: Exclude<StatementOutcome, { kind: 'waits' }> = {
  kind: 'done',
  result: { columns: [], rows: [] },
};

/**
 * Rows that no `order by` puts in order come in one that is always the same: which one is
 * PostgreSQL's to choose, and it chooses differently from run to run.
 */
function inOrder(sql: string, outcome: StatementOutcome): StatementOutcome {
  if (outcome.kind !== 'done' || outcome.result.rows.length < 2) return outcome;
  if (/order by [^()]*(\([^()]*\)[^()]*)*$/i.test(sql)) return outcome;
  const { columns, rows } = outcome.result;
  const keyed = rows.map((row) => ({ row, key: JSON.stringify(columns.map((name) => row[name])) }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return { kind: 'done', result: { columns, rows: keyed.map(({ row }) => row) } };
}

function silenced(statement: Statement): Statement {
  return { ...statement, reply: () => undefined };
}

/** Goes on at once after what is there at once, so that a history in memory needs no promises. */
export function follow<T, R>(
  before: T | Promise<T>,
  next: (value: T) => R | Promise<R>,
): R | Promise<R> {
  return before instanceof Promise ? before.then(next) : next(before);
}
