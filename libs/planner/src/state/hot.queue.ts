import { valueAt } from '../columns/column.access';

interface Entry {
  readonly instance: number;
  readonly utilisation: number;
}

/**
 * Instances, hottest first (of equals the lower index). An instance whose utilisation changes is
 * put in again; the entry of before is passed over when its turn comes. (A binary heap with lazy
 * deletion.)
 */
export class HotQueue {
  private readonly entries: Entry[] = [];

  constructor(private readonly utilisation: Float64Array) {}

  put(instance: number): void {
    const { entries } = this;
    const entry = { instance, utilisation: valueAt(this.utilisation, instance) };
    let at = entries.length;
    entries.push(entry);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = entries[parent] as Entry;
      if (!isBefore(entry, above)) break;
      entries[at] = above;
      at = parent;
    }
    entries[at] = entry;
  }

  /** Takes out the hottest; -1 when none is left. */
  take(): number {
    for (;;) {
      const first = this.takeFirst();
      if (first === undefined) return -1;
      if (first.utilisation === valueAt(this.utilisation, first.instance)) return first.instance;
    }
  }

  private takeFirst(): Entry | undefined {
    const { entries } = this;
    const first = entries[0];
    const last = entries.pop();
    if (last === undefined || entries.length === 0) return first;
    let at = 0;
    for (let child = 1; child < entries.length; child = 2 * at + 1) {
      if (child + 1 < entries.length && isBefore(entries[child + 1], entries[child])) child += 1;
      const below = entries[child] as Entry;
      if (!isBefore(below, last)) break;
      entries[at] = below;
      at = child;
    }
    entries[at] = last;
    return first;
  }
}

function isBefore(left: Entry | undefined, right: Entry | undefined): boolean {
  if (left === undefined || right === undefined) return false;
  if (left.utilisation !== right.utilisation) return left.utilisation > right.utilisation;
  return left.instance < right.instance;
}
