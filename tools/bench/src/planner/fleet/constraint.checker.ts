import type { FleetSnapshot, InstanceView, Plan, StreamView } from '@weir/planner';

/** Promises that a plan breaks, counted by kind; all 0 for a right plan. */
export interface Violations {
  /** Steps for a stream or to an instance that the snapshot does not have. */
  readonly unknown: number;
  /** Steps for a stream that another step is for already. */
  readonly repeated: number;
  /** Steps to an instance that is not ready. */
  readonly notReady: number;
  /** Streams where their `requires` or `avoid` forbid them. */
  readonly labels: number;
  /** Limits exceeded at any moment: both ends of each move count. */
  readonly limits: number;
  /** Streams beyond the first of their spread group on one instance. */
  readonly spread: number;
  /** Streams without a live owner. */
  readonly unplaced: number;
}

/** Shares nothing with the planner: plain loops over the snapshot, from nothing. */
export function countViolations(snapshot: FleetSnapshot, plan: Plan): Violations {
  const instances = new Map(snapshot.instances.map((view) => [view.serverId, view]));
  const streams = new Map(snapshot.streams.map((view) => [view.streamId, view]));
  const targets = new Map<string, string>();
  let [unknown, repeated, notReady] = [0, 0, 0];
  for (const { streamId, to } of [...plan.placements, ...plan.moves]) {
    const target = instances.get(to);
    if (target === undefined || !streams.has(streamId)) unknown += 1;
    if (targets.has(streamId)) repeated += 1;
    if (target !== undefined && target.status !== 'ready') notReady += 1;
    targets.set(streamId, to);
  }
  const held = new Map<string, StreamView[]>();
  let [labels, unplaced] = [0, 0];
  for (const view of snapshot.streams) {
    const owner = liveOwnerOf(view, instances);
    const home = instances.get(targets.get(view.streamId) ?? owner ?? '');
    if (home === undefined) unplaced += 1;
    else if (!allows(home, view)) labels += 1;
    for (const serverId of new Set([owner, home?.serverId])) {
      if (serverId !== undefined) hold(held, serverId, view);
    }
  }
  let [limits, spread] = [0, 0];
  for (const [serverId, views] of held) {
    limits += countExceeded(instances.get(serverId), views);
    spread += countSharedGroups(views);
  }
  return { unknown, repeated, notReady, labels, limits, spread, unplaced };
}

/** All of them together. */
export function sumOf(violations: Violations): number {
  return Object.values(violations).reduce((sum: number, count: number) => sum + count, 0);
}

function liveOwnerOf(
  view: StreamView,
  instances: ReadonlyMap<string, InstanceView>,
): string | undefined {
  const owner = instances.get(view.owner ?? '');
  return owner === undefined || owner.status === 'lost' ? undefined : owner.serverId;
}

function hold(held: Map<string, StreamView[]>, serverId: string, view: StreamView): void {
  const views = held.get(serverId);
  if (views === undefined) held.set(serverId, [view]);
  else views.push(view);
}

function allows(on: InstanceView, view: StreamView): boolean {
  const has = on.labels ?? {};
  for (const key in view.requires) if (has[key] !== view.requires[key]) return false;
  for (const key in view.avoid) if (has[key] === view.avoid[key]) return false;
  return true;
}

/** A billionth of a limit is what sums of fractions may be off by. */
const TOLERANCE = 1e-9;

function countExceeded(on: InstanceView | undefined, views: readonly StreamView[]): number {
  if (on === undefined) return 0;
  let exceeded = 0;
  for (const resource in on.capacity) {
    const limit = on.capacity[resource] ?? 0;
    const used =
      resource === 'streams'
        ? views.length
        : views.reduce((sum, view) => sum + (view.load[resource] ?? 0), 0);
    if (used > limit * (1 + TOLERANCE)) exceeded += 1;
  }
  return exceeded;
}

function countSharedGroups(views: readonly StreamView[]): number {
  const groups = views.map((view) => view.spreadGroup).filter((group) => group !== undefined);
  return groups.length - new Set(groups).size;
}
