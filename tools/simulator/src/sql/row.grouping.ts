import { AGGREGATES } from './sql.functions';
import type { AggregateUse, Compiled, CompiledOrder, Frame, WindowUse } from './sql.scope';
import { compareValues, isSame } from './sql.value';
import type { SqlValue } from './sql.value';

/** Puts frames with the same values together. Without keys there is one group, also of nothing. */
export function groupFrames(frames: readonly Frame[], keys: readonly Compiled[]): Frame[][] {
  if (keys.length === 0) return [[...frames]];
  const groups: { readonly key: readonly SqlValue[]; readonly frames: Frame[] }[] = [];
  for (const frame of frames) {
    const key = keys.map((by) => by.run(frame));
    const group = groups.find((known) => isSame(known.key, key));
    if (group) group.frames.push(frame);
    else groups.push({ key, frames: [frame] });
  }
  return groups.map((group) => group.frames);
}

/** One frame for a group: its first, with what is aggregated over all of them. */
export function aggregateOver(
  group: readonly Frame[],
  uses: readonly AggregateUse[],
  empty: Frame,
): Frame {
  const aggregates = uses.map((use) => aggregate(group, use));
  return { ...(group[0] ?? empty), aggregates };
}

function aggregate(group: readonly Frame[], use: AggregateUse): SqlValue {
  const { argument, filter, isDistinct, orderBy } = use;
  const known = AGGREGATES[use.name];
  let frames = filter ? group.filter((frame) => filter.run(frame) === true) : [...group];
  if (orderBy.length > 0) frames = [...frames].sort(compareBy(orderBy));
  let values = frames.map((frame) => (argument ? argument.run(frame) : true));
  if (!known?.takesNull) values = values.filter((value) => value !== null);
  if (isDistinct) {
    values = values.filter((value, at) => values.findIndex((o) => isSame(o, value)) === at);
  }
  return known?.run(values) ?? null;
}

/** Numbers, counts or sums frames within their partitions. */
export function numberWindows(frames: readonly Frame[], uses: readonly WindowUse[]): void {
  const results = frames.map((): SqlValue[] => []);
  for (const [at, use] of uses.entries()) {
    for (const members of partitionsOf(frames, use)) {
      members.forEach((index, rank) => {
        const result = results[index];
        if (result) result[at] = windowValue(use, { frames, members, rank });
      });
    }
  }
  for (const [index, frame] of frames.entries()) frame.windows = results[index] ?? [];
}

/** Positions of frames that belong together, each list in the order of the window. */
function partitionsOf(frames: readonly Frame[], use: WindowUse): number[][] {
  const order = frames.map((frame, index) => ({ frame, index }));
  if (use.orderBy.length > 0) {
    const compare = compareBy(use.orderBy);
    order.sort((a, b) => compare(a.frame, b.frame));
  }
  const partitions: { key: SqlValue; members: number[] }[] = [];
  for (const { frame, index } of order) {
    const key = use.partitionBy.map((by) => by.run(frame));
    const known = partitions.find((partition) => isSame(partition.key, key));
    if (known) known.members.push(index);
    else partitions.push({ key, members: [index] });
  }
  return partitions.map(({ members }) => members);
}

/** With an order, sums and counts run up to the row; without one, over the whole partition. */
function windowValue(
  use: WindowUse,
  at: {
    readonly frames: readonly Frame[];
    readonly members: readonly number[];
    readonly rank: number;
  },
): SqlValue {
  if (use.name === 'row_number') return at.rank + 1;
  const upTo = use.orderBy.length > 0 ? at.members.slice(0, at.rank + 1) : at.members;
  const values = upTo.map((index) => {
    const frame = at.frames[index];
    return use.argument && frame ? use.argument.run(frame) : true;
  });
  const known = AGGREGATES[use.name];
  if (!known) throw new Error(`window function that the simulator does not know: ${use.name}`);
  return known.run(values.filter((value) => value !== null));
}

export function compareBy(keys: readonly CompiledOrder[]): (a: Frame, b: Frame) => number {
  return (a, b) => {
    for (const { by, isDescending, nullsFirst } of keys) {
      const [left, right] = [by.run(a), by.run(b)];
      if (left === null || right === null) {
        if (left === right) continue;
        return (left === null) === nullsFirst ? -1 : 1;
      }
      const order = compareValues(left, right) ?? 0;
      if (order !== 0) return isDescending ? -order : order;
    }
    return 0;
  };
}
