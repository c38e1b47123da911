import { appendFileSync, chmodSync, chownSync, cpSync, readdirSync } from 'node:fs';
import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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
    return this.serverOrThrow().url(database);
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

  /** Keeps a copy of everything as it is now. Stopped meanwhile. */
  async backUp(): Promise<void> {
    const { dataDir } = this.serverOrThrow();
    await this.stop();
    cpSync(dataDir, copyOf(dataDir), { recursive: true, preserveTimestamps: true });
    // The copy belongs to whoever PostgreSQL runs as, too.
    const { uid, gid, mode } = statSync(dataDir);
    chmodSync(copyOf(dataDir), mode);
    for (const path of listFiles(copyOf(dataDir))) chownSync(path, uid, gid);
    await this.start();
  }

  /**
   * Puts the copy in the place of what is there, as a restore does: it recovers, and goes on in a
   * new timeline. What was committed since the copy is gone.
   */
  async restore(): Promise<void> {
    const { dataDir } = this.serverOrThrow();
    await this.kill();
    rmSync(dataDir, { recursive: true });
    renameSync(copyOf(dataDir), dataDir);
    const { uid, gid } = statSync(dataDir);
    const signal = join(dataDir, 'recovery.signal');
    writeFileSync(signal, '');
    chownSync(signal, uid, gid);
    appendFileSync(join(dataDir, 'postgresql.auto.conf'), "restore_command = 'false'\n");
    await this.start();
  }

  private serverOrThrow(): PostgresServer {
    if (!this.server) throw new Error('PostgreSQL was never started');
    return this.server;
  }

  /** Process ids of the postmaster and its children. */
  processes(): number[] {
    return this.pid === undefined ? [] : treeOf(this.pid);
  }
}

function copyOf(dataDir: string): string {
  return `${dataDir}.copy`;
}

/** The folder and everything in it. */
function listFiles(folder: string): string[] {
  const inside = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return [folder, ...inside.map((path) => join(folder, path))];
}
