import { indexAt } from '../columns/column.access';
import { listIndices, orderByKeys } from '../columns/radix.order';

/** Fine enough to keep a few more than needed, few enough to stay in the cache. */
const HISTOGRAM_BINS = 1024;

/**
 * Streams that could go to a cold instance: those of hot donors first, then the largest. What is
 * dropped is passed over in nearly no time, however much of it lies in a row (union-find with path
 * halving).
 */
export class DonationList {
  size = 0;
  /** True when more were added than kept. */
  isCut = false;
  /** Size of the smallest that was added. */
  smallest = Number.POSITIVE_INFINITY;
  /** What those of donors that are not hot are together, by size. */
  private readonly sums = new Float64Array(HISTOGRAM_BINS);
  private readonly scale: number;
  private hotCount = 0;
  private streams: Int32Array;
  /** Below 0 for those of a hot donor: the sign says so, the amount is the size. */
  private sizes: Float32Array<ArrayBuffer>;
  private following: Int32Array = new Int32Array(0);

  /**
   * @param countMax how many are added at most.
   * @param largest no size is above this by much.
   * @param isOnlyFree all that are added get a new home in this plan anyway.
   */
  constructor(
    countMax: number,
    private readonly largest: number,
    readonly isOnlyFree = false,
  ) {
    this.streams = new Int32Array(countMax);
    this.sizes = new Float32Array(countMax);
    this.scale = (HISTOGRAM_BINS - 1) / (largest || 1);
  }

  /** @param size what the stream makes of the receiver's utilisation. */
  add(stream: number, size: number, isHot: boolean): void {
    this.streams[this.size] = stream;
    this.sizes[this.size] = isHot ? -size : size;
    this.size += 1;
    if (size < this.smallest) this.smallest = size;
    if (isHot) {
      this.hotCount += 1;
      return;
    }
    const bin = this.binOf(size);
    this.sums[bin] = (this.sums[bin] as number) + size;
  }

  /**
   * To be called once, when all are added.
   * @param wanted of those that are not from a hot donor, only the largest are kept that together
   * are this much: putting half a million in order to take thirty is not worth it.
   */
  sort(wanted: number): void {
    this.keepLargest(wanted);
    // As bits, a single with its sign set is the larger number; turned over, it comes first.
    const keys = new Uint32Array(this.sizes.buffer, 0, this.size).map((bits) => ~bits);
    const order = orderByKeys(keys, listIndices(this.size));
    this.streams = Int32Array.from(order, (at) => indexAt(this.streams, at));
    this.sizes = Float32Array.from(order, (at) => Math.abs(this.sizes[at] as number));
    this.following = listIndices(this.size + 1);
  }

  /**
   * The first place from `place` on with a stream no larger than `sizeMax`; -1 when there is none.
   */
  from(place: number, sizeMax: number): number {
    let here = this.skipDropped(place);
    if (here < this.hotCount && this.sizeAt(here) > sizeMax) {
      here = this.skipDropped(this.firstFitting(here, this.hotCount, sizeMax));
    }
    if (here < this.size && this.sizeAt(here) > sizeMax) {
      here = this.skipDropped(this.firstFitting(here, this.size, sizeMax));
    }
    return here < this.size ? here : -1;
  }

  streamAt(place: number): number {
    return indexAt(this.streams, place);
  }

  isHot(place: number): boolean {
    return place < this.hotCount;
  }

  drop(place: number): void {
    this.following[place] = place + 1;
  }

  /** Of the receiver's utilisation. */
  sizeAt(place: number): number {
    return this.sizes[place] as number;
  }

  /** Sizes fall within a part: the first that is small enough, by halving. */
  private firstFitting(begin: number, end: number, sizeMax: number): number {
    let low = begin;
    let high = end;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.sizeAt(middle) > sizeMax) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private skipDropped(place: number): number {
    const { following } = this;
    let here = place;
    while (here < this.size && indexAt(following, here) !== here) {
      following[here] = indexAt(following, indexAt(following, here));
      here = indexAt(following, here);
    }
    return here;
  }

  private keepLargest(wanted: number): void {
    const lastBin = this.findLastBin(wanted);
    let kept = 0;
    let sum = 0;
    for (let at = 0; at < this.size; at++) {
      const size = this.sizeAt(at);
      const bin = this.binOf(size);
      if (size >= 0 && (bin < lastBin || (bin === lastBin && sum >= wanted))) continue;
      if (bin === lastBin) sum += size;
      this.streams[kept] = indexAt(this.streams, at);
      this.sizes[kept] = size;
      kept += 1;
    }
    this.isCut = kept < this.size;
    this.size = kept;
  }

  /** The bin with which all larger ones together are at least what is wanted. */
  private findLastBin(wanted: number): number {
    let sum = 0;
    for (let bin = HISTOGRAM_BINS - 1; bin > 0; bin--) {
      sum += this.sums[bin] as number;
      if (sum >= wanted) return bin;
    }
    return 0;
  }

  private binOf(size: number): number {
    return size < this.largest ? (size * this.scale) | 0 : HISTOGRAM_BINS - 1;
  }
}
