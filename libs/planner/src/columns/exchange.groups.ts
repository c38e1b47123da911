import type { FleetColumns } from './fleet.columns';
import { flagAt, indexAt } from './column.access';

/**
 * The ready instances, in groups between which no stream can go, because no stream's labels allow
 * both: each group has a mean of its own. Where Europe may not run what runs in America, the load
 * of the one says nothing of what is even in the other.
 */
export function listExchangeGroups(columns: FleetColumns): number[][] {
  const { instances, labels } = columns;
  const rootOf = joinKinds(columns);
  const groups = new Map<number, number[]>();
  for (let instance = 0; instance < instances.count; instance++) {
    if (flagAt(instances.isReady, instance) === 0) continue;
    const root = rootOf(indexAt(labels.kindOf, instance));
    const group = groups.get(root) ?? [];
    group.push(instance);
    groups.set(root, group);
  }
  return [...groups.values()];
}

/** Kinds of instances that one class of streams may be on belong together (union-find). */
function joinKinds({ labels, streams }: FleetColumns): (kind: number) => number {
  const parents = Int32Array.from({ length: labels.kindCount }, (_, kind) => kind);
  const rootOf = (kind: number): number => {
    let root = kind;
    while (indexAt(parents, root) !== root) {
      parents[root] = indexAt(parents, indexAt(parents, root));
      root = indexAt(parents, root);
    }
    return root;
  };
  const isUsed = new Uint8Array(streams.classCount).fill(1);
  // Every class comes from a stream, but for the first: that of streams without labels.
  isUsed[0] = labels.kindCount > 1 && streams.classOf.includes(0) ? 1 : 0;
  for (const [classId, used] of isUsed.entries()) {
    let first = -1;
    for (let kind = 0; kind < labels.kindCount && used === 1; kind++) {
      if (flagAt(labels.allowed, classId * labels.kindCount + kind) === 0) continue;
      if (first < 0) first = rootOf(kind);
      else parents[rootOf(kind)] = rootOf(first);
    }
  }
  return rootOf;
}
