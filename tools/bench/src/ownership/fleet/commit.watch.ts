import { NotificationListener } from '@weir/database';
import type { DatabaseOptions } from '@weir/database';
import { monotonicMs } from './database.clock';

interface Commit {
  readonly fleetId: number;
  readonly revision: number | undefined;
  /** Undefined: any may be concerned. */
  readonly servers: readonly string[] | undefined;
  readonly atMs: number;
}

/**
 * Hears of every commit as the services do, and notes when: on the monotonic clock, as soon as
 * PostgreSQL tells, which is right after the commit.
 */
export class CommitWatch {
  private readonly listener: NotificationListener;
  private readonly commits: Commit[] = [];
  private readonly byRevision = new Map<string, number>();
  private gaps = 0;

  constructor(options: DatabaseOptions) {
    this.listener = new NotificationListener(options, {
      onNotice: ({ fleetId, revision, servers }) =>
        this.note({ fleetId, revision, servers, atMs: monotonicMs() }),
      onGap: () => (this.gaps += 1),
      onError: () => undefined,
    });
    this.listener.start();
  }

  /** True once it listens. */
  get isListening(): boolean {
    return this.gaps > 0;
  }

  close(): Promise<void> {
    return this.listener.close();
  }

  /** When the transaction with this revision was heard of; undefined: it was not. */
  findRevision(fleetId: number, revision: number): number | undefined {
    return this.byRevision.get(`${fleetId}:${revision}`);
  }

  /** The first commit that concerned this instance at or after a time. */
  findFirst(fleetId: number, serverId: string, fromMs: number): number | undefined {
    const isMeant = ({ servers }: Commit): boolean => servers?.includes(serverId) ?? true;
    return this.commits.find(
      (commit) => commit.atMs >= fromMs && commit.fleetId === fleetId && isMeant(commit),
    )?.atMs;
  }

  /** What was heard before is not needed any more. */
  forget(): void {
    this.commits.length = 0;
    this.byRevision.clear();
  }

  private note(commit: Commit): void {
    this.commits.push(commit);
    if (commit.revision === undefined) return;
    this.byRevision.set(`${commit.fleetId}:${commit.revision}`, commit.atMs);
  }
}
