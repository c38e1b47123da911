import type { SmallProblem } from './small.problem';
import { NODES_MAX, SmallState, isBelow, orderBySize, peakOf } from './small.problem';

export interface LowestPeak {
  readonly peak: number;
  readonly homes: Int32Array;
  /** Assignments tried, in part or whole. */
  readonly nodes: number;
}

/**
 * The assignment with the lowest peak, by branch and bound: the largest stream is decided first, on
 * the instance that it makes least hot, and a branch ends where it cannot become better than the
 * best found. Starts from the assignment as it is.
 * @param floor a peak that is low enough: the search ends when it is reached.
 */
export function findLowestPeak(problem: SmallProblem, floor: number): LowestPeak {
  return new PeakSearch(problem, floor).run();
}

class PeakSearch {
  private readonly state: SmallState;
  private readonly order: number[];
  private readonly chosen: Int32Array;
  private readonly bound: number;
  private nodes = 0;
  private best: Int32Array;
  private bestPeak: number;

  constructor(
    private readonly problem: SmallProblem,
    floor: number,
  ) {
    this.state = new SmallState(problem);
    this.order = orderBySize(problem);
    this.chosen = problem.homes.slice();
    this.best = problem.homes.slice();
    this.bestPeak = peakOf(problem, this.best);
    this.bound = Math.max(floor, computeBound(problem));
  }

  run(): LowestPeak {
    const base = peakOfLoads(this.problem, this.state.load);
    if (isBelow(this.bound, this.bestPeak)) this.descend(0, base);
    return { peak: this.bestPeak, homes: this.best, nodes: this.nodes };
  }

  private descend(depth: number, peak: number): void {
    if (depth === this.order.length) {
      this.bestPeak = peak;
      this.best = this.chosen.slice();
      return;
    }
    const stream = this.order[depth] as number;
    for (const { instance, utilisation } of this.listBranches(stream)) {
      if (this.isDone()) return;
      const next = Math.max(peak, utilisation);
      if (!isBelow(next, this.bestPeak)) return;
      this.nodes += 1;
      this.chosen[stream] = instance;
      this.state.put(stream, instance, 1);
      this.descend(depth + 1, next);
      this.state.put(stream, instance, -1);
    }
  }

  private isDone(): boolean {
    return this.nodes >= NODES_MAX || !isBelow(this.bound, this.bestPeak);
  }

  /** Coldest first. */
  private listBranches(stream: number): { instance: number; utilisation: number }[] {
    const branches: { instance: number; utilisation: number }[] = [];
    for (let instance = 0; instance < this.problem.instanceCount; instance++) {
      const utilisation = this.state.utilisationWith(stream, instance);
      if (isBelow(utilisation, this.bestPeak)) branches.push({ instance, utilisation });
    }
    return branches.sort((a, b) => a.utilisation - b.utilisation || a.instance - b.instance);
  }
}

/** No assignment can be lower: everything evenly, in the scarcest dimension. */
function computeBound(problem: SmallProblem): number {
  const { dimensionCount, base, demand, share } = problem;
  let bound = 0;
  for (let dimension = 0; dimension < dimensionCount; dimension++) {
    let load = 0;
    let capacity = 0;
    for (let at = dimension; at < base.length; at += dimensionCount) {
      load += base[at] ?? 0;
      capacity += share[at] ?? 0;
    }
    for (let at = dimension; at < demand.length; at += dimensionCount) load += demand[at] ?? 0;
    bound = Math.max(bound, load / capacity);
  }
  return bound;
}

function peakOfLoads({ share }: SmallProblem, load: Float64Array): number {
  return load.reduce((peak, amount, at) => Math.max(peak, amount / (share[at] ?? 1)), 0);
}
