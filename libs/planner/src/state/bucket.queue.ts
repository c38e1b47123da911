import type { FleetColumns } from '../columns/fleet.columns';
import { flagAt, indexAt, valueAt } from '../columns/column.access';

/** Buckets per kind: a step of the queue is this fine a part of twice the expected mean. */
const BUCKETS_MAX = 4096;
/** And in all kinds together, so that a fleet of many kinds of instances stays in the cache. */
const BUCKETS_TOTAL_MAX = 1 << 20;

/**
 * The ready instances of each kind by utilisation, whatever their zone, in buckets: what
 * `InstanceHeaps` is, for the time in which instances only become hotter. Taking the coldest and
 * putting it back hotter is then a constant number of steps, and "coldest" is right to a
 * two-thousandth of the mean. (A bucket queue: Dial 1969.)
 */
export class BucketQueue {
  private readonly bucketCount: number;
  private readonly heads: Int32Array;
  private readonly nexts: Int32Array;
  private readonly lowest: Int32Array;
  private readonly scale: number;

  /** @param expectedMean utilisation of the whole when everything is placed, above 0. */
  constructor(
    private readonly columns: FleetColumns,
    private readonly utilisation: Float64Array,
    expectedMean: number,
  ) {
    const { instances, labels } = columns;
    const kindCount = labels.kindCount;
    this.bucketCount = Math.max(
      2,
      Math.min(BUCKETS_MAX, Math.floor(BUCKETS_TOTAL_MAX / Math.max(1, kindCount))),
    );
    this.scale = this.bucketCount / (2 * expectedMean);
    this.heads = new Int32Array(kindCount * this.bucketCount).fill(-1);
    this.nexts = new Int32Array(instances.count).fill(-1);
    this.lowest = new Int32Array(kindCount);
    this.fill();
  }

  /** The coldest instance of the kind, -1 if there is none (any more). */
  first(kind: number): number {
    const end = this.bucketCount;
    let bucket = indexAt(this.lowest, kind);
    while (bucket < end) {
      const head = indexAt(this.heads, kind * this.bucketCount + bucket);
      if (head >= 0) {
        this.lowest[kind] = bucket;
        return head;
      }
      bucket += 1;
    }
    this.lowest[kind] = end;
    return -1;
  }

  /** The next one of nearly the same utilisation, or of the next bucket with any; -1: none. */
  after(kind: number, instance: number): number {
    const next = indexAt(this.nexts, instance);
    if (next >= 0) return next;
    const utilisation = valueAt(this.utilisation, instance);
    for (let bucket = this.bucketOf(utilisation) + 1; bucket < this.bucketCount; bucket++) {
      const head = indexAt(this.heads, kind * this.bucketCount + bucket);
      if (head >= 0) return head;
    }
    return -1;
  }

  /** Takes the instance out; its utilisation must still be what it was put in with. */
  remove(kind: number, instance: number): void {
    const at = kind * this.bucketCount + this.bucketOf(valueAt(this.utilisation, instance));
    const following = indexAt(this.nexts, instance);
    let before = indexAt(this.heads, at);
    if (before === instance) {
      this.heads[at] = following;
      return;
    }
    while (indexAt(this.nexts, before) !== instance) before = indexAt(this.nexts, before);
    this.nexts[before] = following;
  }

  put(kind: number, instance: number): void {
    const bucket = this.bucketOf(valueAt(this.utilisation, instance));
    const at = kind * this.bucketCount + bucket;
    this.nexts[instance] = indexAt(this.heads, at);
    this.heads[at] = instance;
    if (bucket < indexAt(this.lowest, kind)) this.lowest[kind] = bucket;
  }

  private bucketOf(utilisation: number): number {
    const bucket = utilisation * this.scale;
    return bucket < this.bucketCount ? bucket | 0 : this.bucketCount - 1;
  }

  /** By falling tie rank, so that of equals the one with the lowest is the first. */
  private fill(): void {
    const { instances, labels } = this.columns;
    const byRank = new Int32Array(instances.count);
    for (let instance = 0; instance < instances.count; instance++) {
      byRank[indexAt(instances.tieRank, instance)] = instance;
    }
    for (let rank = instances.count - 1; rank >= 0; rank--) {
      const instance = indexAt(byRank, rank);
      if (flagAt(instances.isReady, instance) === 0) continue;
      this.put(indexAt(labels.kindOf, instance), instance);
    }
  }
}
