import type { MoveView, StreamView } from '../boundary/snapshot.view';
import type { InstanceColumns } from './instance.columns';
import type { LabelClasses } from './label.classes';
import { readAmount } from './fixed.point';

/** As in the protocol: the middle of 0..9. */
const PRIORITY_DEFAULT = 5;

/** Streams by index, which follows the order of their ids. */
export interface StreamColumns {
  readonly count: number;
  /** The objects, for what is read rarely or at the boundary. */
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
  /** How many streams are moving. */
  readonly movingCount: number;
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

interface Wanted {
  readonly resources: readonly string[];
  readonly classes: LabelClasses;
}

/**
 * One pass over the objects: they lie all over memory, so each visit of one is dear. Quantities are
 * still in the fleet's own units; `scaleDimensions` makes them whole units.
 * @param source `views` in the order of their ids.
 */
export function readStreams(
  source: Source,
  instances: InstanceColumns,
  wanted: Wanted,
): StreamColumns {
  const { views } = source;
  const { classes, resources } = wanted;
  const count = views.length;
  const live = listLive(instances);
  const ownerOf = new Int32Array(count);
  const isEnabled = new Uint8Array(count);
  const priority = new Float64Array(count);
  const classOf = new Int32Array(count);
  const groups = new GroupNumbers(count);
  const failedOn = new Map<number, Set<number>>();
  const demand = new Float64Array(count * (resources.length + 1));
  const hasResources = resources.length > 0;
  let at = 0;
  for (let stream = 0; stream < count; stream++) {
    const view = views[stream] as StreamView;
    demand[at++] = readAmount(view.load.weight);
    if (hasResources) at = readResources(view, resources, demand, at);
    ownerOf[stream] = view.owner === undefined ? -1 : (live.get(view.owner) ?? -1);
    isEnabled[stream] = view.enabled === false ? 0 : 1;
    priority[stream] = view.priority ?? PRIORITY_DEFAULT;
    if (view.requires !== undefined || view.avoid !== undefined) {
      classOf[stream] = classes.classOf(view);
    }
    if (view.spreadGroup !== undefined) groups.put(stream, view.spreadGroup);
    if (view.failedOn !== undefined && view.failedOn.length > 0) {
      failedOn.set(stream, new Set(view.failedOn.map((id) => live.get(id) ?? -1)));
    }
  }
  return {
    count,
    views,
    demand,
    ownerOf,
    ...readMoves(source, live),
    isEnabled,
    priority,
    classOf,
    classCount: classes.count,
    groupOf: groups.groupOf,
    groupCount: groups.count,
    failedOn,
  };
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

type Moves = Pick<StreamColumns, 'movingTo' | 'movingFrom' | 'isMoving' | 'movingCount'>;

function readMoves({ views, moves }: Source, live: ReadonlyMap<string, number>): Moves {
  const count = views.length;
  const columns = {
    movingTo: new Int32Array(count).fill(-1),
    movingFrom: new Int32Array(count).fill(-1),
    isMoving: new Uint8Array(count),
    movingCount: 0,
  };
  if (moves.length === 0) return columns;
  const byId = new Map(moves.map((move) => [move.streamId, move]));
  for (let stream = 0; stream < count; stream++) {
    const move = byId.get((views[stream] as StreamView).streamId);
    if (!move) continue;
    columns.isMoving[stream] = 1;
    columns.movingCount += 1;
    columns.movingTo[stream] = live.get(move.to) ?? -1;
    columns.movingFrom[stream] = move.from === undefined ? -1 : (live.get(move.from) ?? -1);
  }
  return columns;
}

/** Index by serverId; a lost instance is none: what it owned has no owner any more. */
function listLive({ serverIds, statuses }: InstanceColumns): Map<string, number> {
  const live = new Map<string, number>();
  for (const [index, serverId] of serverIds.entries()) {
    if (statuses[index] !== 'lost') live.set(serverId, index);
  }
  return live;
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
