import type { FleetDelta, LeftoverRow, LiveMoveRow, LoadRow, StreamRow } from '@weir/database';
import { generationOf } from '@weir/domain';
import type { StreamView } from '@weir/planner';
import { InstanceViews } from './instance.views';
import { toStreamView } from './stream.view';

/** A measured load is news when it differs from the one in use by more than this share of it. */
const LOAD_STEP = 0.1;
/**
 * Reports carry the time of their statement and are seen when their transaction commits: each read
 * looks back this much further than the one before it. In ms.
 */
const LOADS_OVERLAP_MS = 5_000;

/** A stream as this replica knows it. */
export interface CachedStream {
  row: StreamRow;
  load: number | undefined;
  view: StreamView;
}

/** How moves ended between two reads. */
export interface EndedMoves {
  readonly done: number;
  readonly aborted: number;
}

/**
 * Everything of one fleet that plans are made from, kept between rounds and fed by deltas: a round
 * of a fleet at rest reads no stream at all. Objects stay the same while nothing about them
 * changes.
 */
export class FleetCache {
  readonly streams = new Map<string, CachedStream>();
  readonly instances = new InstanceViews();
  moves: readonly LiveMoveRow[] = [];
  leftovers: readonly LeftoverRow[] = [];
  databaseNowMs = 0;
  /** Grows with everything that could make another plan. */
  changes = 0;
  private revision = -1;
  private loadsSinceMs = 0;

  /** What the next read has to ask for. */
  get since(): { readonly revision: number; readonly loadsSinceMs: number } {
    return { revision: this.revision, loadsSinceMs: this.loadsSinceMs };
  }

  /**
   * True when `delta` cannot follow what is known: the database is another one than before. Once
   * its generation was bumped, it counts on above everything that was known.
   */
  isAheadOf(delta: FleetDelta): boolean {
    if (this.revision < 0) return false;
    return (
      delta.revision < this.revision || generationOf(delta.revision) !== generationOf(this.revision)
    );
  }

  /** Forgets everything: the next read asks for all. */
  clear(): void {
    this.streams.clear();
    this.moves = [];
    this.leftovers = [];
    this.revision = -1;
    this.loadsSinceMs = 0;
    this.changes += 1;
  }

  apply(delta: FleetDelta): EndedMoves {
    for (const row of delta.streams) this.putStream(row);
    const hasNewLoad = this.putLoads(delta.loads);
    const hasNewInstances = this.instances.update(delta.instances);
    const ended = this.putMoves(delta.moves);
    const hasNewMoves = ended.done + ended.aborted > 0 || this.putLeftovers(delta.leftovers);
    if (delta.streams.length > 0 || hasNewLoad || hasNewInstances || hasNewMoves) this.changes += 1;
    this.revision = delta.revision;
    this.databaseNowMs = delta.databaseNowMs;
    this.loadsSinceMs = Math.max(0, delta.databaseNowMs - LOADS_OVERLAP_MS);
    return ended;
  }

  /** A stream that nobody wants and nobody holds concerns no plan; wanted again, it comes again. */
  private putStream(row: StreamRow): void {
    if (!row.isWanted && row.serverId === null) {
      this.streams.delete(row.streamId);
      return;
    }
    const load = this.streams.get(row.streamId)?.load;
    this.streams.set(row.streamId, { row, load, view: toStreamView(row, load) });
  }

  private putLoads(loads: readonly LoadRow[]): boolean {
    let hasChanged = false;
    for (const { streamId, load } of loads) {
      const stream = this.streams.get(streamId);
      if (!stream || !isNews(stream.load, load)) continue;
      stream.load = load;
      stream.view = toStreamView(stream.row, load);
      hasChanged = true;
    }
    return hasChanged;
  }

  private putLeftovers(leftovers: readonly LeftoverRow[]): boolean {
    const keyOf = (rows: readonly LeftoverRow[]): string =>
      rows.map(({ streamId, serverId }) => `${streamId}@${serverId}`).join();
    const hasChanged = keyOf(leftovers) !== keyOf(this.leftovers);
    this.leftovers = leftovers;
    return hasChanged;
  }

  /** A move that is not live any more reached its target when the target owns the stream. */
  private putMoves(moves: readonly LiveMoveRow[]): EndedMoves {
    const live = new Set(moves.map((move) => move.moveId));
    const ended = this.moves.filter((move) => !live.has(move.moveId));
    const done = ended.filter(
      (move) => this.streams.get(move.streamId)?.row.serverId === move.toServerId,
    ).length;
    this.moves = moves;
    return { done, aborted: ended.length - done };
  }
}

function isNews(before: number | undefined, after: number): boolean {
  if (before === undefined) return true;
  return Math.abs(after - before) > LOAD_STEP * Math.max(before, after);
}
