import type { Backend, TableRows } from '../postgres/backend';
import { follow } from '../postgres/postgres.server';
import type { CheckCounts, InvariantName } from './check.counts';

/** Says that an invariant does not hold. */
export type Report = (invariant: InvariantName, message: string) => void;

const TABLES = ['assignments', 'instances', 'instance_counters', 'move_ends'] as const;

interface KnownAssignment {
  readonly epoch: number;
  readonly serverId: string | null;
}

interface Row {
  readonly [column: string]: unknown;
}

/** What must hold in the database after every commit. */
export class CommitChecks {
  private readonly known = new Map<number, KnownAssignment>();
  /** The highest epoch of each stream that was ever committed, also before a restore. */
  private readonly highest = new Map<number, number>();
  /** Who had which epoch of which stream: a restore may bring it back to the same one. */
  private readonly owners = new Map<string, string>();
  private isAfresh = true;

  constructor(
    private readonly backend: Backend,
    private readonly counts: CheckCounts,
    private readonly report: Report,
  ) {}

  /** The database is an older one: what it says now may go back, what it grants may not. */
  restored(): void {
    this.known.clear();
    this.isAfresh = true;
  }

  afterCommit(): void | Promise<void> {
    const { lastChanged } = this.backend;
    if (lastChanged && !TABLES.some((name) => lastChanged.has(name))) return;
    return follow(this.backend.readTables(TABLES), (tables) => this.check(tables));
  }

  private check(tables: Record<string, TableRows>): void {
    const { assignments = [], instances = [], move_ends: ends = [] } = tables;
    const { instance_counters: counters = [] } = tables;
    this.checkEpochs(assignments);
    this.checkRoom({ assignments, instances, ends });
    this.checkCounters({ assignments, counters, ends });
    this.isAfresh = false;
  }

  /** I1d: epochs never fall, and another owner has a higher one. */
  private checkEpochs(assignments: TableRows): void {
    this.counts.I1d += 1;
    for (const row of assignments) {
      const streamId = row['stream_id'] as number;
      const epoch = row['epoch'] as number;
      const serverId = row['server_id'] as string | null;
      const before = this.known.get(streamId);
      const had = this.owners.get(`${streamId}:${epoch}`);
      if (serverId !== null) this.owners.set(`${streamId}:${epoch}`, serverId);
      this.known.set(streamId, { epoch, serverId });
      if (this.isAfresh || !before) continue;
      const highest = this.highest.get(streamId) ?? 0;
      if (epoch < before.epoch) {
        this.report('I1d', `the epoch of stream ${streamId} fell from ${before.epoch} to ${epoch}`);
      } else if (epoch > before.epoch && epoch <= highest && had !== serverId) {
        this.report('I1d', `epoch ${epoch} of stream ${streamId} was granted a second time`);
      } else if (epoch === before.epoch && serverId !== null && serverId !== before.serverId) {
        this.report(
          'I1d',
          `stream ${streamId} went from ${before.serverId} to ${serverId} under epoch ${epoch}`,
        );
      }
      this.highest.set(streamId, Math.max(highest, epoch));
    }
  }

  /** I2: nobody holds more, together with its ends of moves, than there is room for. */
  private checkRoom({
    assignments,
    instances,
    ends,
  }: {
    readonly assignments: TableRows;
    readonly instances: TableRows;
    readonly ends: TableRows;
  }): void {
    this.counts.I2 += 1;
    const used = new Map<unknown, number>();
    for (const { server_id: serverId } of [...assignments, ...ends]) {
      if (serverId !== null) used.set(serverId, (used.get(serverId) ?? 0) + 1);
    }
    for (const row of instances) {
      const most = row['max_streams'] as number;
      const count = used.get(row['server_id']) ?? 0;
      if (count <= most) continue;
      this.report('I2', `${String(row['server_id'])} has room for ${most} streams, not ${count}`);
    }
  }

  /** I5: counters are what is counted. */
  private checkCounters({
    assignments,
    counters,
    ends,
  }: {
    readonly assignments: TableRows;
    readonly counters: TableRows;
    readonly ends: TableRows;
  }): void {
    this.counts.I5 += 1;
    for (const counter of counters) {
      const serverId = counter['server_id'] as string;
      const isOwn = (row: Row): boolean => row['server_id'] === serverId;
      const [owned, own] = [assignments.filter(isOwn), ends.filter(isOwn)];
      const held = owned.length + own.length;
      const run =
        owned.filter(isActive).length + own.filter((row) => row['desired'] === 'run').length;
      if (held === counter['held_count'] && run === counter['run_count']) continue;
      this.report(
        'I5',
        `${serverId} holds ${held} streams and should run ${run}; its counters ` +
          `say ${String(counter['held_count'])} and ${String(counter['run_count'])}`,
      );
    }
  }
}

function isActive(row: Row): boolean {
  return row['status'] === 'starting' || row['status'] === 'running';
}
