import { startPostgres } from '@weir/embedded';
import type { PostgresOptions, PostgresServer } from '@weir/embedded';
import type { Member } from './member';
import { signalTree, treeOf } from './process.tree';

/** The embedded PostgreSQL, which is a postmaster and its many children. */
export class PostgresMember implements Member {
  readonly name = 'postgres';
  isUp = false;
  isPaused = false;
  private server: PostgresServer | undefined;

  constructor(private readonly options: PostgresOptions) {}

  get pid(): number | undefined {
    return this.isUp ? this.server?.pid : undefined;
  }

  url(database: string): string {
    if (!this.server) throw new Error('PostgreSQL was never started');
    return this.server.url(database);
  }

  async start(): Promise<void> {
    if (this.isUp) return;
    if (this.server) await this.server.restart();
    else this.server = await startPostgres(this.options);
    this.isUp = true;
  }

  async createDatabase(name: string): Promise<void> {
    await this.server?.createDatabase(name);
  }

  async stop(): Promise<void> {
    this.resume();
    this.isUp = false;
    await this.server?.stop();
  }

  /** The postmaster only; its children notice by themselves. */
  async kill(): Promise<void> {
    this.resume();
    this.isUp = false;
    await this.server?.kill('SIGKILL');
  }

  pause(): void {
    if (this.pid === undefined) return;
    signalTree(this.pid, 'SIGSTOP');
    this.isPaused = true;
  }

  resume(): void {
    if (this.pid !== undefined) signalTree(this.pid, 'SIGCONT');
    this.isPaused = false;
  }

  /** Process ids of the postmaster and its children. */
  processes(): number[] {
    return this.pid === undefined ? [] : treeOf(this.pid);
  }
}
