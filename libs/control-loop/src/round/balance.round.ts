import { advanceMoves, readFleetDelta } from '@weir/database';
import type { FleetDelta, FleetRecord, TransactionRunner } from '@weir/database';
import type { FleetSettings } from '@weir/domain';
import { plan } from '@weir/planner';
import type { Plan } from '@weir/planner';
import { FleetCache, buildSnapshot, toPlannerSettings } from '@weir/planning';
import type { EndedMoves } from '@weir/planning';
import { DrainedRecorder } from './drained.recorder';
import { stepRebalance } from './rebalance.step';
import type { RebalanceStep } from './rebalance.step';
import { applyPlan } from './plan.applier';
import type { AppliedPlan } from './plan.applier';
import type { RoundReport } from './round.report';
import { isSettled } from './settled.rule';
import type { LastPlan } from './settled.rule';
import { UnplacedMemory } from './unplaced.memory';
import { keepUp } from './upkeep';
import type { UnplacedNow } from './unplaced.memory';

/** What a round is allowed, asked anew for each. */
export interface RoundRules {
  readonly fleet: FleetRecord;
  /** Asked between transactions; false leaves the rest to the next round. */
  readonly mayGoOn: () => boolean;
}

/** What came of planning and applying; nothing when the fleet is settled or frozen. */
interface Work {
  readonly plan: Plan;
  readonly planMs: number;
  readonly applied: AppliedPlan;
}

const NO_STEP: RebalanceStep = { movesStarted: 0, hasMore: false };

/**
 * One round of a fleet's control loop: read what changed, plan, apply. The caller has the fleet's
 * turn. Knows the fleet between rounds; every write is guarded, so that knowing it wrongly costs a
 * conflict and nothing else.
 */
export class BalanceRound {
  private readonly cache = new FleetCache();
  private readonly unplaced: UnplacedMemory;
  private readonly drained: DrainedRecorder;
  private lastPlan: LastPlan | undefined;
  private wasOvertaken = false;
  private movesPlanned = 0;
  /** The settings while a rebalance is under way; the same object while nothing changes. */
  private calm: { readonly from: FleetSettings; readonly settings: FleetSettings } | undefined;

  constructor(
    private readonly runner: TransactionRunner,
    private readonly fleetId: number,
    /** The monotonic clock, in ms. */
    private readonly clock: () => number,
  ) {
    this.unplaced = new UnplacedMemory(runner, fleetId);
    this.drained = new DrainedRecorder(runner, fleetId);
  }

  /** @throws DatabaseUnavailableError; what was written before it stays written. */
  async run(rules: RoundRules): Promise<RoundReport> {
    const { settings } = rules.fleet;
    if (!settings.frozen) await keepUp(this.runner, this.fleetId, settings);
    const delta = await this.readDelta();
    const ended = this.cache.apply(delta);
    this.movesPlanned = delta.rebalance?.planned ?? 0;
    if (settings.frozen) {
      return { ...this.report(undefined, ended), dueInMs: undefined };
    }
    const advanced = await this.maybeAdvanceMoves(delta);
    const work = await this.maybeWork(rules.mayGoOn, this.settingsFor(settings, delta));
    const step = await this.maybeRebalance(delta, settings, { advanced, work });
    await this.drained.record(delta.instances, delta.moves);
    const report = this.report(work, ended);
    const movesStarted = report.movesStarted + step.movesStarted;
    const isDue = advanced > 0 || step.hasMore;
    return { ...report, movesStarted, ...(isDue && { dueInMs: 0 }) };
  }

  /**
   * While a rebalance is not over, evening out is its alone, also while it is paused: what happens
   * by itself would undo it. Everything that must be done goes on.
   */
  private settingsFor(settings: FleetSettings, { rebalance }: FleetDelta): FleetSettings {
    if (!rebalance) return settings;
    if (this.calm?.from !== settings) {
      this.calm = { from: settings, settings: { ...settings, balanceEnabled: false } };
    }
    return this.calm.settings;
  }

  /** Not in a round that wrote something else: a plan is made from what was read, all of it. */
  private async maybeRebalance(
    { rebalance }: FleetDelta,
    settings: FleetSettings,
    { advanced, work }: { readonly advanced: number; readonly work: Work | undefined },
  ): Promise<RebalanceStep> {
    const { placed = 0, movesStarted = 0, conflicts = 0 } = work?.applied ?? {};
    if (!rebalance) return NO_STEP;
    const hasProgress = advanced + placed + movesStarted > 0;
    if (hasProgress || conflicts > 0) return { ...NO_STEP, hasMore: hasProgress };
    const { runner, fleetId, cache } = this;
    return stepRebalance(rebalance, { runner, fleetId, cache, settings });
  }

  /** Forgets what it knows; the next round reads everything. */
  forget(): void {
    this.cache.clear();
    this.unplaced.clear();
    this.lastPlan = undefined;
  }

  private async readDelta(): Promise<FleetDelta> {
    const delta = await readFleetDelta(this.runner, this.fleetId, this.cache.since);
    if (!this.cache.isAheadOf(delta)) return delta;
    this.forget();
    return readFleetDelta(this.runner, this.fleetId, this.cache.since);
  }

  private async maybeAdvanceMoves(delta: FleetDelta): Promise<number> {
    if (!delta.moves.some((move) => move.isDue)) return 0;
    return advanceMoves(this.runner, this.fleetId);
  }

  private async maybeWork(
    mayGoOn: () => boolean,
    settings: FleetSettings,
  ): Promise<Work | undefined> {
    const { changes, databaseNowMs } = this.cache;
    const plannedAt = this.clock();
    const inputs = { now: plannedAt, changes, settings, databaseNowMs };
    if (isSettled(this.lastPlan, inputs)) return undefined;
    this.lastPlan = undefined;
    const { snapshot, nextDueAtMs } = buildSnapshot(this.cache);
    const made = plan(snapshot, toPlannerSettings(settings), {
      now: databaseNowMs,
      seed: this.fleetId,
    });
    const planMs = this.clock() - plannedAt;
    const { runner, fleetId, cache, wasOvertaken } = this;
    const context = { runner, fleetId, cache, settings, mayGoOn, heedsEdits: !wasOvertaken };
    const applied = await applyPlan(made, context);
    this.wasOvertaken = applied.isOvertaken;
    const isAllSaid = await this.unplaced.write(this.unplacedOf(made));
    const isFinished = applied.isComplete && applied.conflicts === 0 && isAllSaid;
    this.lastPlan = { plannedAt, changes, settings, isFinished, nextDueAtMs };
    return { plan: made, planMs, applied };
  }

  private unplacedOf(made: Plan): UnplacedNow[] {
    return made.unplaced.flatMap(({ streamId, reasons }) => {
      const epoch = this.cache.streams.get(streamId)?.row.epoch;
      return epoch === undefined ? [] : [{ streamId, reasons, epoch }];
    });
  }

  private report(work: Work | undefined, ended: EndedMoves): RoundReport {
    return {
      placed: work?.applied.placed ?? 0,
      movesStarted: work?.applied.movesStarted ?? 0,
      movesDone: ended.done,
      movesAborted: ended.aborted,
      movesUnderWay: this.cache.moves.length,
      movesPlanned: this.movesPlanned,
      conflicts: work?.applied.conflicts ?? 0,
      unplaced: work?.plan.unplaced.length ?? 0,
      planMs: work?.planMs ?? null,
      scores: work?.plan.after ?? null,
      dueInMs: this.findDueInMs(work),
    };
  }

  /** At once when something was left undone, else when the first waiting stream may be placed. */
  private findDueInMs(work: Work | undefined): number | undefined {
    if (work && !work.applied.isComplete) return 0;
    const dueAtMs = this.lastPlan?.nextDueAtMs;
    if (dueAtMs === undefined) return undefined;
    return Math.max(0, Math.ceil(dueAtMs - this.cache.databaseNowMs));
  }
}
