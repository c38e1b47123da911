import { Database } from '@weir/database';
import type { DatabaseOptions } from '@weir/database';

interface Connection {
  query(...values: unknown[]): Promise<unknown>;
  readonly connection: { readonly stream: { destroy(): void } };
}

/** Where a replica dies: at this statement of its own, before it is sent or once it is answered. */
export interface Death {
  readonly statement: number;
  readonly when: 'before' | 'after';
}

/**
 * A replica's way to the database that is cut at one statement and stays cut, as if the process had
 * been killed there.
 */
export class DyingDatabase {
  readonly database: Database;
  hasDied = false;
  private statements = 0;

  constructor(options: DatabaseOptions, death: Death) {
    this.database = new Database({ ...options, retriesMax: 0 }, () => undefined);
    this.database.control.pool.on('connect', (client) => {
      this.cut(client as unknown as Connection, death);
    });
  }

  private cut(client: Connection, death: Death): void {
    const send = client.query.bind(client);
    client.query = async (...values) => {
      this.statements += 1;
      const isLast = this.hasDied || this.statements === death.statement;
      if (isLast && (death.when === 'before' || this.hasDied)) this.kill(client);
      const answer = await send(...values);
      if (!isLast) return answer;
      this.kill(client);
      throw Object.assign(new Error('the process was killed'), { code: 'ECONNRESET' });
    };
  }

  private kill(client: Connection): void {
    this.hasDied = true;
    client.connection.stream.destroy();
  }
}
