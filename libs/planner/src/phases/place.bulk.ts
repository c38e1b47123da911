import { indexAt, valueAt } from '../columns/column.access';
import { computeMean, listReady } from '../state/balance.level';
import { BucketQueue } from '../state/bucket.queue';
import type { PlanRun } from '../state/plan.run';

/** Streams for each ready instance from which on placing in bulk is worth its set-up. */
const STREAMS_PER_INSTANCE_MIN = 4;
/** With one resource the coldest of a kind is the best of it; with several, one of a few is. */
const LOOKS_PER_KIND = 4;

/** True when so many look for a home that nearly the coldest is as good as the coldest. */
export function isBulk(run: PlanRun, streamCount: number): boolean {
  const { instances } = run.columns;
  return instances.count > 1 && streamCount >= STREAMS_PER_INSTANCE_MIN * instances.count;
}

/**
 * Places streams that differ in nothing but size and labels, in the order given, each on the least
 * utilised instance of those allowed, to the precision of the queue.
 * @returns those for which the first looks found no room; the exact search decides about them.
 */
export function placeInBulk(run: PlanRun, streams: Int32Array): number[] {
  const { state } = run;
  const queue = new BucketQueue(run.columns, state.utilisation, expectedMean(run));
  const search = new BulkSearch(run, queue);
  const left: number[] = [];
  for (let at = 0; at < streams.length; at++) {
    const stream = indexAt(streams, at);
    const instance = search.find(stream);
    if (instance < 0) {
      left.push(stream);
      continue;
    }
    queue.remove(search.foundKind, instance);
    state.addFresh(stream, instance);
    queue.put(search.foundKind, instance);
  }
  run.search.evaluated += streams.length;
  return left;
}

/** Utilisation when everything is placed; it only sets how fine the queue is. */
function expectedMean({ columns }: PlanRun): number {
  const { dimensionCount } = columns;
  const ready = listReady(columns);
  // All demand on any one of them: only the sum over all of them is read.
  const load = new Float64Array(columns.instances.count * dimensionCount);
  const first = (ready[0] ?? 0) * dimensionCount;
  const { demand } = columns.streams;
  for (let dimension = 0; dimension < dimensionCount; dimension++) {
    let sum = 0;
    for (let at = dimension; at < demand.length; at += dimensionCount) sum += valueAt(demand, at);
    load[first + dimension] = sum;
  }
  // Nothing asks for anything: any step of the queue is fine enough.
  return computeMean(columns, load, ready) || 1;
}

/** Looks at the first few instances of each kind that a stream's labels allow. */
export class BulkSearch {
  foundKind = -1;
  private best = -1;
  private bestUtilisation = Number.POSITIVE_INFINITY;
  private readonly looks: number;
  private readonly only: Int32Array | undefined;

  constructor(
    private readonly run: PlanRun,
    private readonly queue: BucketQueue,
  ) {
    const { dimensionCount, streams } = run.columns;
    this.looks = dimensionCount > 1 ? LOOKS_PER_KIND : 1;
    this.only = streams.classCount === 1 ? run.search.kindsOf(0) : undefined;
  }

  /** The best of the instances looked at, in `foundKind`; -1 if none of them has room. */
  find(stream: number): number {
    const { classOf } = this.run.columns.streams;
    const kinds = this.only ?? this.run.search.kindsOf(indexAt(classOf, stream));
    const isAlone = this.looks === 1 && kinds.length === 1;
    if (isAlone) return this.firstOpen((this.foundKind = indexAt(kinds, 0)));
    this.best = -1;
    this.bestUtilisation = Number.POSITIVE_INFINITY;
    for (let at = 0; at < kinds.length; at++) this.lookInto(indexAt(kinds, at), stream);
    return this.best;
  }

  private lookInto(kind: number, stream: number): void {
    const { state } = this.run;
    let instance = this.firstOpen(kind);
    for (let look = 1; instance >= 0; look++) {
      const utilisation = state.utilisationIfRoom(stream, instance, this.bestUtilisation);
      if (utilisation < this.bestUtilisation) {
        this.best = instance;
        this.bestUtilisation = utilisation;
        this.foundKind = kind;
      }
      if (look >= this.looks) return;
      instance = this.queue.after(kind, instance);
    }
  }

  /** Instances without a free slot leave the queue for good: nothing becomes free meanwhile. */
  private firstOpen(kind: number): number {
    const { run, queue } = this;
    let instance = queue.first(kind);
    while (instance >= 0 && !run.state.hasSlot(instance)) {
      queue.remove(kind, instance);
      instance = queue.first(kind);
    }
    return instance;
  }
}
