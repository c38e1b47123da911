import type { Database } from '@weir/database';

/** Ends whatever connection holds a fleet's turn, again and again: rounds go on without it. */
export class TurnThief {
  stolen = 0;
  private isStopping = false;
  private readonly stealing: Promise<void>;

  constructor(private readonly database: Database) {
    this.stealing = this.stealOn();
  }

  /** Resolves when it steals no more. */
  stop(): Promise<void> {
    this.isStopping = true;
    return this.stealing;
  }

  private async stealOn(): Promise<void> {
    while (!this.isStopping) {
      const rows = await this.database.control.query<{ stolen: boolean }>(
        `select pg_terminate_backend(l.pid) as stolen
         from pg_locks l join pg_database d on d.oid = l.database
         where l.locktype = 'advisory' and l.granted and d.datname = current_database()`,
      );
      this.stolen += rows.filter((row) => row.stolen).length;
    }
  }
}
