import type { StepReason } from '../boundary/plan.view';
import type { PlannerSettings } from '../boundary/planner.settings';
import type { FleetColumns } from '../columns/fleet.columns';
import { flagAt, indexAt, valueAt } from '../columns/column.access';
import { readAmount } from '../columns/fixed.point';
import { CandidateSearch } from './candidate.search';
import { FleetState } from './fleet.state';
import { flagJoining } from './joining.instances';
import { MoveBudget } from './move.budget';
import { PlanDecisions } from './plan.decisions';
import { StreamsByHome } from './streams.by.home';

/** A stream that needs a home, and why. */
export interface Homeless {
  readonly stream: number;
  readonly reason: StepReason;
}

/** One run of the planner: what the phases read and hand on to each other. */
export class PlanRun {
  readonly state: FleetState;
  readonly search: CandidateSearch;
  readonly budget: MoveBudget;
  readonly decisions: PlanDecisions;
  /** From mend: streams that have to leave their owner. */
  displaced: Homeless[] = [];
  /** From place: streams that found no home. */
  homeless: Homeless[] = [];
  /** From balance: a stream that is being placed got another home than it had found first. */
  hasRerouted = false;
  /** From make-room: streams for which room will be free, and where. */
  readonly roomMadeFor = new Map<number, number>();
  /** Rounds of balancing. */
  rounds = 0;
  /** 1 for an instance that held nothing when the plan began, and nothing was on its way to. */
  readonly wasEmpty: Uint8Array;
  /** 1 for an instance that is joining: see `flagJoining`. */
  readonly isJoining: Uint8Array;
  private byHome: StreamsByHome | undefined;

  constructor(
    readonly columns: FleetColumns,
    readonly settings: PlannerSettings,
    readonly now: number,
  ) {
    this.state = new FleetState(columns);
    this.search = new CandidateSearch(columns, this.state);
    this.budget = new MoveBudget(columns, settings);
    this.decisions = new PlanDecisions(columns.streams.count);
    this.isJoining = flagJoining(columns, this.state.heldCount, now - settings.cooldownMs);
    this.wasEmpty = Uint8Array.from(this.state.heldCount, (held) => (held === 0 ? 1 : 0));
  }

  hasEffortLeft(): boolean {
    return this.search.evaluated < this.settings.maxEvaluated;
  }

  streamsAt(instance: number): number[] {
    this.byHome ??= new StreamsByHome(this.state, this.columns.instances.count);
    return this.byHome.listAt(instance);
  }

  /** Gives the stream another home, for good or for a trial. */
  setHome(stream: number, instance: number): void {
    this.state.setHome(stream, instance);
    this.byHome?.noteMove(stream);
  }

  /** True while the cooldown since the stream's last move has not passed. */
  isResting(stream: number): boolean {
    const movedAt = this.columns.streams.views[stream]?.lastMovedAt;
    return movedAt !== undefined && this.now - movedAt < this.settings.cooldownMs;
  }

  /** What a move of the stream away from the instance costs, in utilisation of that instance. */
  moveCost(stream: number, from: number): number {
    const relative = readAmount(this.columns.streams.views[stream]?.moveCost ?? 1);
    return relative * this.settings.moveCostShare * this.state.utilisationOf(stream, from);
  }

  /** Enabled, and not in the middle of a move. */
  isPlannable(stream: number): boolean {
    const { streams } = this.columns;
    if (flagAt(streams.isEnabled, stream) === 0) return false;
    return streams.moves.size === 0 || !streams.moves.has(stream);
  }

  ownerOf(stream: number): number {
    return indexAt(this.columns.streams.ownerOf, stream);
  }

  homeOf(stream: number): number {
    return indexAt(this.state.homeOf, stream);
  }

  utilisation(instance: number): number {
    return valueAt(this.state.utilisation, instance);
  }
}
