/**
 * A few streams to be spread over a few instances, all by index. `D` dimensions; `[i * D + d]` for
 * an instance, `[s * D + d]` for a stream, `[s * instanceCount + i]` for a pair.
 */
export interface SmallProblem {
  readonly dimensionCount: number;
  readonly instanceCount: number;
  readonly streamCount: number;
  /** What each instance has besides these streams. */
  readonly base: Float64Array;
  /** What full utilisation is. */
  readonly share: Float64Array;
  readonly demand: Float64Array;
  /** Where each stream is now. */
  readonly homes: Int32Array;
  /** 1 if the stream may be there. */
  readonly isAllowed: Uint8Array;
  /** 1 for a stream that gets a new home anyway: another one costs nothing. */
  readonly isFree: Uint8Array;
  /** Room for what comes from elsewhere, while what leaves is still there. */
  readonly free: Float64Array;
  readonly freeSlots: Int32Array;
  /** What a move of the stream costs; decides between as many moves. */
  readonly cost: Float64Array;
}

/** Nodes of the search after which the best found so far is taken. */
export const NODES_MAX = 300_000;

/** Beyond the last bits of a division. */
const EQUAL = 1e-9;

export function isBelow(left: number, right: number): boolean {
  return left * (1 + EQUAL) < right;
}

/** An assignment under construction: loads and what is left of the room. */
export class SmallState {
  readonly load: Float64Array;
  readonly free: Float64Array;
  readonly freeSlots: Int32Array;

  constructor(readonly problem: SmallProblem) {
    this.load = problem.base.slice();
    this.free = problem.free.slice();
    this.freeSlots = problem.freeSlots.slice();
  }

  /** Utilisation of the instance with the stream on it; Infinity if it may not be there. */
  utilisationWith(stream: number, instance: number): number {
    const { dimensionCount, instanceCount, isAllowed, demand, share } = this.problem;
    if (isAllowed[stream * instanceCount + instance] === 0) return Number.POSITIVE_INFINITY;
    if (!this.hasRoom(stream, instance)) return Number.POSITIVE_INFINITY;
    let hottest = 0;
    for (let dimension = 0; dimension < dimensionCount; dimension++) {
      const at = instance * dimensionCount + dimension;
      const part =
        ((this.load[at] as number) + (demand[stream * dimensionCount + dimension] as number)) /
        (share[at] as number);
      if (part > hottest) hottest = part;
    }
    return hottest;
  }

  put(stream: number, instance: number, sign: 1 | -1): void {
    const { dimensionCount, demand, homes } = this.problem;
    const isComing = homes[stream] !== instance;
    for (let dimension = 0; dimension < dimensionCount; dimension++) {
      const at = instance * dimensionCount + dimension;
      const amount = sign * (demand[stream * dimensionCount + dimension] as number);
      this.load[at] = (this.load[at] as number) + amount;
      if (isComing) this.free[at] = (this.free[at] as number) - amount;
    }
    if (isComing) this.freeSlots[instance] = (this.freeSlots[instance] as number) - sign;
  }

  private hasRoom(stream: number, instance: number): boolean {
    const { dimensionCount, demand, homes } = this.problem;
    if (homes[stream] === instance) return true;
    if ((this.freeSlots[instance] as number) < 1) return false;
    for (let dimension = 1; dimension < dimensionCount; dimension++) {
      const amount = demand[stream * dimensionCount + dimension] as number;
      if (amount > 0 && amount > (this.free[instance * dimensionCount + dimension] as number)) {
        return false;
      }
    }
    return true;
  }
}

/** Streams by falling size, so that what is hard to fit is decided first. */
export function orderBySize(problem: SmallProblem): number[] {
  const { dimensionCount, streamCount, demand, share } = problem;
  const total = new Float64Array(dimensionCount);
  for (let at = 0; at < share.length; at++) {
    const amount = share[at] as number;
    const dimension = at % dimensionCount;
    if (amount < Number.POSITIVE_INFINITY) total[dimension] = (total[dimension] ?? 0) + amount;
  }
  const sizes = Array.from({ length: streamCount }, (_, stream) => {
    const parts = Array.from(total, (sum, dimension) => {
      return (demand[stream * dimensionCount + dimension] ?? 0) / Math.max(1, sum);
    });
    return Math.max(...parts);
  });
  const order = Array.from({ length: streamCount }, (_, stream) => stream);
  return order.sort((a, b) => (sizes[b] ?? 0) - (sizes[a] ?? 0) || a - b);
}

/** Utilisation of the hottest instance when each stream is at `homes`. */
export function peakOf(problem: SmallProblem, homes: Int32Array): number {
  const { dimensionCount, instanceCount, base, demand, share } = problem;
  const load = base.slice();
  for (const [stream, home] of homes.entries()) {
    for (let dimension = 0; dimension < dimensionCount; dimension++) {
      const at = home * dimensionCount + dimension;
      load[at] = (load[at] ?? 0) + (demand[stream * dimensionCount + dimension] ?? 0);
    }
  }
  let peak = 0;
  for (let at = 0; at < instanceCount * dimensionCount; at++) {
    peak = Math.max(peak, (load[at] ?? 0) / (share[at] ?? 1));
  }
  return peak;
}
