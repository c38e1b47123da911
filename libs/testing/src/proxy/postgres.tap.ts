import type { ConnectionTap, TapFactory, TapVerdict } from './connection.tap';
import type { Direction } from './link.fault';
import { isEncryptionRequest, PostgresMessageReader, textsOf } from './postgres.messages';
import type { PostgresMessage } from './postgres.messages';

/** A statement on its way to the server, or its answer on the way back. */
export interface SeenStatement {
  /** Counts the connections of the proxy from 1. */
  readonly connection: number;
  /** One line, single spaces. */
  readonly text: string;
  /** What the same transaction sent before it, `begin` first; empty outside of one. */
  readonly transaction: readonly string[];
}

/** Watches what is said to PostgreSQL, and chooses where the connection breaks. */
export interface PostgresWatcher {
  /** True: the connection is reset instead of sending this statement. */
  isCutBefore?(statement: SeenStatement): boolean;
  /**
   * The server has carried it out. True: the connection is reset instead of telling the client.
   * @param tag what the server says it did: `COMMIT`, `UPDATE 3`.
   */
  isAnswerLost?(statement: SeenStatement, tag: string): boolean;
}

/** A tap that shows each statement and each answer to `watcher`. */
export function postgresTap(watcher: PostgresWatcher): TapFactory {
  return (connection) => new PostgresTap(connection, watcher);
}

class PostgresTap implements ConnectionTap {
  private readonly readers = {
    toServer: new PostgresMessageReader('client'),
    toClient: new PostgresMessageReader('server'),
  };
  /** Texts of prepared statements by name; the empty name is the last one without. */
  private readonly prepared = new Map<string, string>();
  private readonly unanswered: SeenStatement[] = [];
  private transaction: string[] = [];

  constructor(
    private readonly connection: number,
    private readonly watcher: PostgresWatcher,
  ) {}

  take(direction: Direction, chunk: Buffer): TapVerdict {
    const forward: Buffer[] = [];
    for (const message of this.readers[direction].read(chunk)) {
      const isCut =
        direction === 'toServer' ? this.isCutBefore(message) : this.isAnswerLost(message);
      if (isCut) return { forward, isCut };
      forward.push(message.raw);
    }
    return { forward, isCut: false };
  }

  private isCutBefore(message: PostgresMessage): boolean {
    if (isEncryptionRequest(message)) this.readers.toClient.expectByte();
    const text = this.findStatement(message);
    if (text === undefined) return false;
    if (/^(begin|start transaction)\b/i.test(text)) this.transaction = [];
    const statement = { connection: this.connection, text, transaction: [...this.transaction] };
    if (this.transaction.length > 0 || /^(begin|start transaction)\b/i.test(text)) {
      this.transaction.push(text);
    }
    if (/^(commit|rollback)\b/i.test(text)) this.transaction = [];
    this.unanswered.push(statement);
    return this.watcher.isCutBefore?.(statement) ?? false;
  }

  /** The text that this message makes the server run. */
  private findStatement({ type, body }: PostgresMessage): string | undefined {
    if (type === 'Q') return oneLine(textsOf(body, 1)[0] ?? '');
    const [first = '', second = ''] = textsOf(body, 2);
    if (type === 'P') this.prepared.set(first, oneLine(second));
    return type === 'B' ? this.prepared.get(second) : undefined;
  }

  private isAnswerLost({ type, body }: PostgresMessage): boolean {
    if (type === 'Z') this.unanswered.length = 0;
    const statement = this.unanswered[0];
    if (type !== 'C' || !statement) return false;
    return this.watcher.isAnswerLost?.(statement, textsOf(body, 1)[0] ?? '') ?? false;
  }
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
