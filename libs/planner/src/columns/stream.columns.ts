import type { MoveView, StreamView } from '../boundary/snapshot.view';
import type { InstanceColumns } from './instance.columns';
import type { LabelClasses } from './label.classes';
import { readAmount } from './fixed.point';

/** As in the protocol: the middle of 0..9. */
const PRIORITY_DEFAULT = 5;

/** Streams by index, in the order of the snapshot; no decision may depend on that order. */
export interface StreamColumns {
  readonly count: number;
  /** The objects, for what is read rarely (ids for ties and for the plan) or at the boundary. */
  readonly views: readonly StreamView[];
  /** [s * D + d] */
  readonly demand: Float64Array;
  /** Live owner, -1 if none. */
  readonly ownerOf: Int32Array;
  /** Where its move under way ends, -1 if none does or that instance is gone. */
  readonly movingTo: Int32Array;
  /** Where its move under way began, -1 likewise. */
  readonly movingFrom: Int32Array;
  /** 1 while a move of it is under way: it is left alone. */
  readonly isMoving: Uint8Array;
  readonly isEnabled: Uint8Array;
  readonly priority: Float64Array;
  readonly classOf: Int32Array;
  readonly classCount: number;
  /** -1 without a spread group. */
  readonly groupOf: Int32Array;
  readonly groupCount: number;
  /** Sparse: most streams have failed nowhere. */
  readonly failedOn: ReadonlyMap<number, ReadonlySet<number>>;
}

interface Wanted {
  readonly resources: readonly string[];
  readonly classes: LabelClasses;
}

/** Quantities are still in the fleet's own units; `scaleDimensions` makes them whole units. */
export function readStreams(
  source: { readonly views: readonly StreamView[]; readonly moves: readonly MoveView[] },
  instances: InstanceColumns,
  wanted: Wanted,
): StreamColumns {
  const { views } = source;
  const { classes } = wanted;
  const count = views.length;
  const groups = new Map<string, number>();
  const ownership = readOwnership(source, instances);
  const isEnabled = new Uint8Array(count);
  const priority = new Float64Array(count);
  const classOf = new Int32Array(count);
  const groupOf = new Int32Array(count).fill(-1);
  let stream = 0;
  for (const view of views) {
    isEnabled[stream] = view.enabled === false ? 0 : 1;
    priority[stream] = view.priority ?? PRIORITY_DEFAULT;
    classOf[stream] = classes.classOf(view);
    if (view.spreadGroup !== undefined) groupOf[stream] = numberOf(groups, view.spreadGroup);
    stream += 1;
  }
  return {
    count,
    views,
    demand: readDemand(views, wanted.resources),
    ...ownership,
    isEnabled,
    priority,
    classOf,
    classCount: classes.count,
    groupOf,
    groupCount: groups.size,
    failedOn: readFailures(views, instances),
  };
}

function readDemand(views: readonly StreamView[], resources: readonly string[]): Float64Array {
  const demand = new Float64Array(views.length * (resources.length + 1));
  let at = 0;
  for (const view of views) {
    demand[at++] = readAmount(view.load.weight);
    for (const resource of resources) demand[at++] = readAmount(view.load[resource]);
  }
  return demand;
}

type Ownership = Pick<StreamColumns, 'ownerOf' | 'movingTo' | 'movingFrom' | 'isMoving'>;

function readOwnership(
  source: { readonly views: readonly StreamView[]; readonly moves: readonly MoveView[] },
  instances: InstanceColumns,
): Ownership {
  const count = source.views.length;
  const moves = new Map(source.moves.map((move) => [move.streamId, move]));
  const columns = {
    ownerOf: new Int32Array(count).fill(-1),
    movingTo: new Int32Array(count).fill(-1),
    movingFrom: new Int32Array(count).fill(-1),
    isMoving: new Uint8Array(count),
  };
  let stream = 0;
  for (const view of source.views) {
    columns.ownerOf[stream] = findLive(instances, view.owner);
    const move = moves.size === 0 ? undefined : moves.get(view.streamId);
    if (move) {
      columns.isMoving[stream] = 1;
      columns.movingTo[stream] = findLive(instances, move.to);
      columns.movingFrom[stream] = findLive(instances, move.from);
    }
    stream += 1;
  }
  return columns;
}

function readFailures(
  views: readonly StreamView[],
  instances: InstanceColumns,
): Map<number, Set<number>> {
  const failedOn = new Map<number, Set<number>>();
  let stream = 0;
  for (const view of views) {
    if (view.failedOn !== undefined && view.failedOn.length > 0) {
      const found = view.failedOn.map((serverId) => instances.indexByServerId.get(serverId) ?? -1);
      failedOn.set(stream, new Set(found));
    }
    stream += 1;
  }
  return failedOn;
}

/** -1 for no, an unknown or a lost instance. */
function findLive(instances: InstanceColumns, serverId: string | undefined): number {
  if (serverId === undefined) return -1;
  const index = instances.indexByServerId.get(serverId) ?? -1;
  return index >= 0 && instances.statuses[index] !== 'lost' ? index : -1;
}

function numberOf(numbers: Map<string, number>, name: string): number {
  const known = numbers.get(name);
  if (known !== undefined) return known;
  numbers.set(name, numbers.size);
  return numbers.size - 1;
}
