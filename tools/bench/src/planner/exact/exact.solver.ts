import loadHighs from 'highs';
import type { Highs } from 'highs';
import { countMoved, isAllowed, peakOf } from './exact.case';
import type { ExactCase } from './exact.case';
import { movesModel, peakModel, variableOf } from './exact.model';

/** No gap: an answer counts only when it is proved to be the best. */
const OPTIONS = { output_flag: false, mip_rel_gap: 0, mip_abs_gap: 1e-9 } as const;

/** Share by which the peak allowed is raised, so that rounding cannot make it unreachable. */
const PEAK_TOLERANCE = 1e-6;

/** The exact answers, by HiGHS compiled to WebAssembly. */
export class ExactSolver {
  /** Programs solved so far. */
  solved = 0;

  private constructor(private readonly highs: Highs) {}

  static async load(): Promise<ExactSolver> {
    return new ExactSolver(await loadHighs());
  }

  /** The lowest peak that any assignment has. Ratio of load to capacity. */
  lowestPeak(fleet: ExactCase): number {
    return peakOf(fleet, this.solve(fleet, peakModel(fleet)));
  }

  /** The fewest moves to an assignment whose peak is at most `peakMax`. */
  fewestMoves(fleet: ExactCase, peakMax: number): number {
    return countMoved(fleet, this.solve(fleet, movesModel(fleet, peakMax * (1 + PEAK_TOLERANCE))));
  }

  /** @returns per stream the number of its instance. @throws Error unless proved optimal. */
  private solve(fleet: ExactCase, model: string): number[] {
    const { Status: status, Columns: columns } = this.highs.solve(model, OPTIONS);
    if (status !== 'Optimal') throw new Error(`HiGHS says ${status} to\n${model}`);
    this.solved += 1;
    return fleet.weights.map((_weight, stream) =>
      fleet.capacities.findIndex((_capacity, instance) => {
        if (!isAllowed(fleet, stream, instance)) return false;
        const column = columns[variableOf(stream, instance)];
        return column !== undefined && 'Primal' in column && Number(column.Primal) > 0.5;
      }),
    );
  }
}
