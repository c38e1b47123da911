import type { MoveView, StreamView } from '../boundary/snapshot.view';
import type { InstanceColumns } from './instance.columns';
import { readAmount } from './fixed.point';
import { IdIndex } from './id.index';
import { parseNumericId } from './id.order';
import { LabelClasses } from './label.classes';
import { sortById } from './stream.order';

/** As in the protocol: the middle of 0..9. */
const PRIORITY_DEFAULT = 5;

/** -1 for an end that is gone, or that was none. */
export interface MoveEnds {
  readonly from: number;
  readonly to: number;
}

/** Streams by index, which follows the order of their ids. */
export interface StreamColumns {
  readonly count: number;
  /** The objects, for what is read rarely or at the boundary. */
  readonly views: readonly StreamView[];
  /** [s * D + d] */
  readonly demand: Float64Array;
  /** Live owner, -1 if none. */
  readonly ownerOf: Int32Array;
  /** Moves under way, by stream: it is left alone and counted at both ends. */
  readonly moves: ReadonlyMap<number, MoveEnds>;
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

interface Source {
  readonly views: readonly StreamView[];
  readonly moves: readonly MoveView[];
}

/** The columns, and the classes of labels that they speak of. */
export interface ReadStreams {
  readonly streams: StreamColumns;
  readonly classes: LabelClasses;
}

/**
 * Quantities are still in the fleet's own units; `scaleDimensions` makes them whole units.
 * @throws RangeError when two streams have the same id.
 */
export function readStreams(
  source: Source,
  instances: InstanceColumns,
  resources: readonly string[],
): ReadStreams {
  const wanted = { instances, resources, isSorted: false };
  const sortAndRead = (): ReadStreams | undefined =>
    readInOrder({ ...source, views: sortById(source.views) }, { ...wanted, isSorted: true });
  return readInOrder(source, wanted) ?? (sortAndRead() as ReadStreams);
}

interface Wanted {
  readonly instances: InstanceColumns;
  readonly resources: readonly string[];
  /** False: to be found out on the way, and given up if it is not so. */
  readonly isSorted: boolean;
}

/**
 * One pass over the objects: they lie all over memory, so each visit of one is dear.
 * @returns undefined when they are not in the order of their ids after all.
 */
function readInOrder(source: Source, wanted: Wanted): ReadStreams | undefined {
  const { views } = source;
  const { instances, resources, isSorted } = wanted;
  const classes = new LabelClasses();
  const count = views.length;
  const live = indexLive(instances);
  const ownerOf = new Int32Array(count);
  const isEnabled = new Uint8Array(count);
  const priority = new Float64Array(count);
  const classOf = new Int32Array(count);
  const groups = new GroupNumbers(count);
  const failedOn = new Map<number, Set<number>>();
  const demand = new Float64Array(count * (resources.length + 1));
  const hasResources = resources.length > 0;
  let at = 0;
  let lastId = -1;
  for (let stream = 0; stream < count; stream++) {
    const view = views[stream] as StreamView;
    if (!isSorted) {
      const id = parseNumericId(view.streamId);
      if (id <= lastId) return undefined;
      lastId = id;
    }
    demand[at++] = readAmount(view.load.weight);
    if (hasResources) at = readResources(view, resources, demand, at);
    ownerOf[stream] = view.owner === undefined ? -1 : live.find(view.owner);
    isEnabled[stream] = view.enabled === false ? 0 : 1;
    priority[stream] = readPriority(view.priority);
    if (view.requires !== undefined || view.avoid !== undefined) {
      classOf[stream] = classes.classOf(view);
    }
    if (view.spreadGroup !== undefined) groups.put(stream, view.spreadGroup);
    if (view.failedOn !== undefined && view.failedOn.length > 0) {
      failedOn.set(stream, new Set(view.failedOn.map((id) => live.find(id))));
    }
  }
  const streams = {
    count,
    views,
    demand,
    ownerOf,
    moves: readMoves(source, live),
    isEnabled,
    priority,
    classOf,
    classCount: classes.count,
    groupOf: groups.groupOf,
    groupCount: groups.count,
    failedOn,
  };
  return { streams, classes };
}

function readPriority(value: number | undefined): number {
  return value === undefined || Number.isNaN(value) ? PRIORITY_DEFAULT : value;
}

/** @returns where the next stream's amounts begin. */
function readResources(
  view: StreamView,
  resources: readonly string[],
  demand: Float64Array,
  from: number,
): number {
  let at = from;
  for (let index = 0; index < resources.length; index++) {
    demand[at++] = readAmount(view.load[resources[index] as string]);
  }
  return at;
}

function readMoves({ views, moves }: Source, live: IdIndex): Map<number, MoveEnds> {
  const found = new Map<number, MoveEnds>();
  if (moves.length === 0) return found;
  const byId = new Map(moves.map((move) => [move.streamId, move]));
  for (let stream = 0; stream < views.length; stream++) {
    const move = byId.get((views[stream] as StreamView).streamId);
    if (!move) continue;
    const from = move.from === undefined ? -1 : live.find(move.from);
    found.set(stream, { from, to: live.find(move.to) });
  }
  return found;
}

/** A lost instance is none: what it owned has no owner any more. */
function indexLive({ serverIds, statuses }: InstanceColumns): IdIndex {
  return new IdIndex(
    serverIds,
    [...serverIds.keys()].filter((index) => statuses[index] !== 'lost'),
  );
}

/** Numbers the spread groups as they come; the numbers themselves decide nothing. */
class GroupNumbers {
  readonly groupOf: Int32Array;
  private readonly numbers = new Map<string, number>();

  constructor(streamCount: number) {
    this.groupOf = new Int32Array(streamCount).fill(-1);
  }

  get count(): number {
    return this.numbers.size;
  }

  put(stream: number, group: string): void {
    const known = this.numbers.get(group) ?? this.numbers.size;
    this.numbers.set(group, known);
    this.groupOf[stream] = known;
  }
}
