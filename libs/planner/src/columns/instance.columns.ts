import type { InstanceStatus, InstanceView } from '../boundary/snapshot.view';
import { readAmount } from './fixed.point';
import { permuteBySeed } from './seeded.random';

/**
 * Below this an instance would be given next to nothing for ever and could never show that it is
 * well.
 */
const PERFORMANCE_MIN = 0.01;

/** Instances by index, which follows serverId. `[i * D + d]`: instance i, dimension d. */
export interface InstanceColumns {
  readonly count: number;
  readonly serverIds: readonly string[];
  readonly statuses: readonly InstanceStatus[];
  /** 1 if ready: it may receive streams, and its load counts when balancing. */
  readonly isReady: Uint8Array;
  readonly zoneCount: number;
  readonly zoneOf: Int32Array;
  /** How many streams it may hold. */
  readonly slots: Int32Array;
  /** Hard limit per dimension; infinite where it names none. */
  readonly limit: Float64Array;
  /** What full utilisation is: capacity * performance. */
  readonly share: Float64Array;
  /** A permutation by the seed: the lower rank wins a tie. */
  readonly tieRank: Int32Array;
}

/** Every resource that some instance limits, sorted. */
export function listResources(views: readonly InstanceView[]): string[] {
  const names = new Set<string>();
  for (const view of views) for (const name of Object.keys(view.capacity)) names.add(name);
  names.delete('streams');
  return [...names].sort();
}

/** Quantities are still in the fleet's own units; `scaleDimensions` makes them whole units. */
export function readInstances(
  views: readonly InstanceView[],
  resources: readonly string[],
  seed: number,
): InstanceColumns {
  const serverIds = views.map((view) => view.serverId);
  const zones = new Map<string, number>();
  for (const view of views) zones.set(view.zone ?? '', zones.get(view.zone ?? '') ?? zones.size);
  const quantities = readQuantities(views, resources);
  return {
    count: views.length,
    serverIds,
    statuses: views.map((view) => view.status),
    isReady: Uint8Array.from(views, (view) => (view.status === 'ready' ? 1 : 0)),
    zoneCount: zones.size,
    zoneOf: Int32Array.from(views, (view) => zones.get(view.zone ?? '') ?? 0),
    slots: Int32Array.from(views, (view) =>
      Math.min(2 ** 31 - 1, Math.floor(readAmount(view.capacity.streams))),
    ),
    ...quantities,
    tieRank: permuteBySeed(views.length, seed),
  };
}

/** What is no number says nothing: 1. */
function readPerformance(value: number | undefined): number {
  if (value === undefined || Number.isNaN(value)) return 1;
  return Math.min(1, Math.max(PERFORMANCE_MIN, value));
}

function readQuantities(
  views: readonly InstanceView[],
  resources: readonly string[],
): { limit: Float64Array; share: Float64Array } {
  const dimensionCount = resources.length + 1;
  const limit = new Float64Array(views.length * dimensionCount).fill(Number.POSITIVE_INFINITY);
  const share = new Float64Array(limit.length).fill(Number.POSITIVE_INFINITY);
  for (const [index, view] of views.entries()) {
    const performance = readPerformance(view.performance);
    share[index * dimensionCount] = readAmount(view.capacity.streams) * performance;
    for (const [at, resource] of resources.entries()) {
      const capacity = view.capacity[resource];
      if (capacity === undefined) continue;
      limit[index * dimensionCount + at + 1] = readAmount(capacity);
      share[index * dimensionCount + at + 1] = readAmount(capacity) * performance;
    }
  }
  return { limit, share };
}
