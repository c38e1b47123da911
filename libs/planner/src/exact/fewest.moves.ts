import type { SmallProblem } from './small.problem';
import { NODES_MAX, SmallState, isBelow, orderBySize } from './small.problem';

export interface FewestMoves {
  readonly homes: Int32Array;
  readonly nodes: number;
}

/**
 * The assignment with the fewest moves, of those the cheapest, whose peak is at most `peakMax`. By
 * iterative deepening: first all assignments with no move, then with one, and so on.
 * @param known an assignment that reaches the peak, with perhaps more moves: the answer if the
 * search has to give up.
 */
export function findFewestMoves(
  problem: SmallProblem,
  peakMax: number,
  known: Int32Array,
): FewestMoves {
  const search = new MoveSearch(problem, peakMax);
  const most = countMoves(problem, known);
  for (let moves = 0; moves <= most && search.nodes < NODES_MAX; moves++) {
    const found = search.findWithin(moves);
    if (found) return { homes: found, nodes: search.nodes };
  }
  return { homes: known, nodes: search.nodes };
}

export function countMoves({ homes, isFree }: SmallProblem, to: Int32Array): number {
  return to.reduce((moves, instance, stream) => {
    return moves + (instance !== homes[stream] && isFree[stream] === 0 ? 1 : 0);
  }, 0);
}

class MoveSearch {
  nodes = 0;
  private readonly state: SmallState;
  private readonly order: number[];
  private readonly chosen: Int32Array;
  private best: Int32Array | undefined;
  private bestCost = Number.POSITIVE_INFINITY;

  constructor(
    private readonly problem: SmallProblem,
    private readonly peakMax: number,
  ) {
    this.state = new SmallState(problem);
    // What may be anywhere for nothing is decided last: it fills what the others leave.
    const bySize = orderBySize(problem);
    this.order = [
      ...bySize.filter((stream) => problem.isFree[stream] === 0),
      ...bySize.filter((stream) => problem.isFree[stream] === 1),
    ];
    this.chosen = problem.homes.slice();
  }

  findWithin(moves: number): Int32Array | undefined {
    this.best = undefined;
    this.bestCost = Number.POSITIVE_INFINITY;
    this.descend(0, { movesLeft: moves, cost: 0 });
    return this.best;
  }

  private descend(
    depth: number,
    budget: { readonly movesLeft: number; readonly cost: number },
  ): void {
    if (budget.cost >= this.bestCost || this.nodes >= NODES_MAX) return;
    const stream = this.order[depth];
    if (stream === undefined) {
      this.best = this.chosen.slice();
      this.bestCost = budget.cost;
      return;
    }
    if (this.needsMoves(depth) > budget.movesLeft) return;
    const isFree = this.problem.isFree[stream] === 1;
    for (const instance of this.listBranches(stream)) {
      const isMove = !isFree && instance !== this.problem.homes[stream];
      if (isMove && budget.movesLeft === 0) continue;
      this.nodes += 1;
      this.chosen[stream] = instance;
      this.state.put(stream, instance, 1);
      const cost = budget.cost + (isMove ? (this.problem.cost[stream] ?? 0) : 0);
      this.descend(depth + 1, { movesLeft: budget.movesLeft - (isMove ? 1 : 0), cost });
      this.state.put(stream, instance, -1);
    }
  }

  /** Home first, then the coldest. */
  private listBranches(stream: number): number[] {
    const home = this.problem.homes[stream] ?? -1;
    const branches: { instance: number; key: number }[] = [];
    for (let instance = 0; instance < this.problem.instanceCount; instance++) {
      const utilisation = this.state.utilisationWith(stream, instance);
      if (isBelow(this.peakMax, utilisation)) continue;
      branches.push({ instance, key: instance === home ? -1 : utilisation });
    }
    return branches
      .sort((a, b) => a.key - b.key || a.instance - b.instance)
      .map(({ instance }) => instance);
  }

  /**
   * A bound from below: each instance that would be too hot with all that is at home there and not
   * decided yet has to lose streams, at least so many as if the largest left first.
   */
  private needsMoves(depth: number): number {
    const { problem, state } = this;
    const { dimensionCount, instanceCount, share, demand } = problem;
    let moves = 0;
    for (let at = 0; at < instanceCount * dimensionCount; at += dimensionCount) {
      let over = (state.load[at] ?? 0) - this.peakMax * (1 + 1e-9) * (share[at] ?? 1);
      const leaving: number[] = [];
      for (let next = depth; next < this.order.length; next++) {
        const stream = this.order[next] as number;
        if (problem.isFree[stream] === 1) break;
        if ((problem.homes[stream] as number) * dimensionCount !== at) continue;
        const amount = demand[stream * dimensionCount] ?? 0;
        over += amount;
        leaving.push(amount);
      }
      for (const amount of leaving.sort((a, b) => b - a)) {
        if (over <= 0) break;
        over -= amount;
        moves += 1;
      }
    }
    return moves;
  }
}
