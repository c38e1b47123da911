/** Instances by load, the least loaded on top; equal ones by number. A binary heap. */
export class LoadHeap {
  private readonly heap: number[];
  private readonly loads: Float64Array;

  /** @param loads by number of the instance. @param numbers of the instances to choose from. */
  constructor(loads: Float64Array, numbers: readonly number[]) {
    this.loads = loads;
    this.heap = [...numbers].sort((one, other) => (this.isBefore(one, other) ? -1 : 1));
  }

  /** The number of the least loaded instance, which is now `weight` heavier. */
  takeLeast(weight: number): number {
    const least = this.heap[0] ?? -1;
    this.loads[least] = (this.loads[least] ?? 0) + weight;
    this.sink();
    return least;
  }

  private sink(): void {
    const { heap } = this;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const right = left + 1;
      if (left >= heap.length) return;
      const isRight = right < heap.length && this.isBefore(this.at(right), this.at(left));
      const child = isRight ? right : left;
      if (!this.isBefore(this.at(child), this.at(at))) return;
      [heap[at], heap[child]] = [this.at(child), this.at(at)];
      at = child;
    }
  }

  private at(index: number): number {
    return this.heap[index] as number;
  }

  private isBefore(one: number, other: number): boolean {
    const difference = (this.loads[one] ?? 0) - (this.loads[other] ?? 0);
    return difference < 0 || (difference === 0 && one < other);
  }
}
