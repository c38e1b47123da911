import type { PlannerSettings } from '../boundary/planner.settings';
import type { FleetColumns } from '../columns/fleet.columns';
import { countAt, indexAt } from '../columns/column.access';

/**
 * How many moves this plan may still begin. Mending moves answer to the budget of the fleet only:
 * what must be left should be left soon. Balancing can wait, so it also spares each instance.
 */
export class MoveBudget {
  /** True once a move was wanted that the budget did not allow. */
  isShort = false;
  private left: number;
  private readonly inFlight: Int32Array;

  constructor(
    columns: FleetColumns,
    private readonly settings: PlannerSettings,
  ) {
    this.inFlight = new Int32Array(columns.instances.count);
    const underWay = this.countUnderWay(columns);
    this.left = Math.min(settings.maxMovesPerPlan, settings.maxMovesInFlight - underWay);
  }

  /** Moves that may still begin. */
  get remaining(): number {
    return Math.max(0, this.left);
  }

  hasAny(): boolean {
    if (this.left <= 0) this.isShort = true;
    return this.left > 0;
  }

  /** May a balancing move begin or end there? */
  hasForInstance(instance: number): boolean {
    const isOpen = indexAt(this.inFlight, instance) < this.settings.maxMovesInFlightPerInstance;
    if (!isOpen) this.isShort = true;
    return isOpen;
  }

  /** May all of these moves begin, together? */
  hasForAll(moves: readonly { readonly from: number; readonly to: number }[]): boolean {
    const added = new Map<number, number>();
    for (const end of moves.flatMap(({ from, to }) => [from, to])) {
      added.set(end, (added.get(end) ?? 0) + 1);
    }
    const { maxMovesInFlightPerInstance } = this.settings;
    const isOpen =
      moves.length <= this.remaining &&
      [...added].every(([end, count]) => {
        return indexAt(this.inFlight, end) + count <= maxMovesInFlightPerInstance;
      });
    if (!isOpen) this.isShort = true;
    return isOpen;
  }

  take(from: number, to: number): void {
    this.left -= 1;
    countAt(this.inFlight, from, 1);
    countAt(this.inFlight, to, 1);
  }

  /** Takes back `take`: the move does not begin, or not to there. */
  giveBack(from: number, to: number): void {
    this.left += 1;
    countAt(this.inFlight, from, -1);
    countAt(this.inFlight, to, -1);
  }

  private countUnderWay({ streams }: FleetColumns): number {
    for (const { from, to } of streams.moves.values()) {
      this.countEnd(from);
      this.countEnd(to);
    }
    return streams.moves.size;
  }

  private countEnd(instance: number): void {
    if (instance >= 0) countAt(this.inFlight, instance, 1);
  }
}
