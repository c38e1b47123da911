import type { InstanceRow } from '@weir/database';
import { computePerformance } from '@weir/domain';
import type { InstanceView } from '@weir/planner';

/** Performance is measured and never still; a change smaller than this is not news. In 0..1. */
const PERFORMANCE_STEP = 0.05;

interface KnownInstance {
  readonly identity: string;
  readonly performance: number;
  readonly view: InstanceView;
}

/**
 * Instances as the planner sees them. A view stays the same object as long as nothing that matters
 * to a plan changed, so that a fleet at rest can be recognized.
 */
export class InstanceViews {
  private known = new Map<string, KnownInstance>();
  private views: InstanceView[] = [];
  private incarnations = new Map<string, number>();
  private overdue: ReadonlySet<string> = new Set();

  get list(): readonly InstanceView[] {
    return this.views;
  }

  /**
   * The instances for placements that follow from a loss: those that are overdue get nothing. When
   * several die at once, their leases run out one after the other, and the streams of the first
   * would else be placed on the last. With nobody else left, all are taken as they are.
   */
  get listForFailover(): readonly InstanceView[] {
    if (this.overdue.size === 0) return this.views;
    const isOpen = ({ serverId, status }: InstanceView): boolean =>
      status === 'ready' && !this.overdue.has(serverId);
    if (!this.views.some(isOpen)) return this.views;
    return this.views.map((view) =>
      view.status === 'ready' && !isOpen(view) ? { ...view, status: 'cordoned' } : view,
    );
  }

  /** The incarnation that the view of this instance tells of, for the guards of writes. */
  incarnationOf(serverId: string): number | undefined {
    return this.incarnations.get(serverId);
  }

  /** @returns true when some instance came, went or changed. */
  update(rows: readonly InstanceRow[]): boolean {
    const next = new Map<string, KnownInstance>();
    let hasChanged = rows.length !== this.known.size;
    const overdue = rows.filter(({ isOverdue }) => isOverdue).map(({ serverId }) => serverId);
    const isOverdueNews =
      overdue.length !== this.overdue.size ||
      overdue.some((serverId) => !this.overdue.has(serverId));
    this.overdue = new Set(overdue);
    for (const row of rows) {
      const before = this.known.get(row.serverId);
      const after = refresh(row, before);
      if (after !== before) hasChanged = true;
      next.set(row.serverId, after);
    }
    this.known = next;
    this.incarnations = new Map(rows.map((row) => [row.serverId, row.incarnation]));
    if (hasChanged) this.views = [...next.values()].map(({ view }) => view);
    return hasChanged || isOverdueNews;
  }
}

function refresh(row: InstanceRow, before: KnownInstance | undefined): KnownInstance {
  const { serverId, maxStreams, capacity, zone, labels } = row;
  const status = plannedStatusOf(row);
  const identity = JSON.stringify([status, maxStreams, capacity, zone, labels]);
  const measured = computePerformance(row.metrics);
  const isSteady =
    before !== undefined && Math.abs(before.performance - measured) < PERFORMANCE_STEP;
  if (isSteady && before.identity === identity) return before;
  const performance = isSteady ? before.performance : measured;
  const view: InstanceView = {
    serverId,
    status,
    ...(zone !== null && { zone }),
    labels: { ...labels },
    capacity: { streams: maxStreams, ...capacity },
    performance,
  };
  return { identity, performance, view };
}

/** An instance that left is not read at all; were it, nothing could run on it. */
function plannedStatusOf({ status, isFlapping }: InstanceRow): InstanceView['status'] {
  if (status === 'left') return 'lost';
  return status === 'ready' && isFlapping ? 'flapping' : status;
}
