import { Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import {
  claimReport,
  Database,
  listCheckWork,
  listFleets,
  openScheduledReport,
  settleInterrupted,
  withTurn,
} from '@weir/database';
import type { ClaimedReport, FleetRecord, TransactionRunner } from '@weir/database';
import { CheckerMetrics } from '../checker.metrics';
import { ConsistencySection } from '../consistency.section';
import { FleetVerifier } from '../run/fleet.verifier';
import type { FinishedRun } from '../run/fleet.verifier';
import { findDueFleets, isScheduledDue } from './due.rule';
import type { DueFleet, LookReason } from './due.rule';

/** First half of the advisory lock's key: one checker per fleet at a time. */
const LOCK_CLASS = 0x7763;
/**
 * How often requested and overdue runs are looked for; bounds what a lost doorbell costs. In ms.
 */
const CADENCE_MS = 1_000;
/** Requested runs of one fleet in one turn; the rest has its turn a cadence later. */
const REQUESTED_PER_TURN = 20;

/**
 * Finds what is to be verified and has it done: one run of a fleet at a time over all replicas,
 * and one fleet after the other in this one. A look that is asked for while another is under way
 * follows it; jobs and the timer are only doorbells, what is due stands in the database.
 */
@Injectable()
export class CheckDriver implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('CheckDriver');
  private readonly runner: TransactionRunner;
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();
  private isLooking = false;
  private isStopping = false;
  private isFailing = false;

  constructor(
    database: Database,
    private readonly section: ConsistencySection,
    private readonly verifier: FleetVerifier,
    private readonly metrics: CheckerMetrics,
  ) {
    this.runner = database.control;
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.onCadence(), CADENCE_MS);
  }

  /** Finishes the run under way; the next one is left to another replica. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    clearInterval(this.timer);
    await this.looking;
  }

  /**
   * Verifies what is due, after the look that is under way. Resolves when it is done.
   * @throws what kept it from looking or a run from ending well
   */
  look(reason: LookReason): Promise<void> {
    const look = this.looking.then(() => this.lookNow(reason));
    this.looking = look.catch(() => undefined);
    return look;
  }

  private onCadence(): void {
    if (this.isLooking) return;
    this.look('cadence').then(
      () => {
        this.isFailing = false;
      },
      (error: unknown) => this.logFailure(error),
    );
  }

  private async lookNow(reason: LookReason): Promise<void> {
    if (this.isStopping) return;
    this.isLooking = true;
    try {
      const fleets = await listFleets(this.runner);
      const work = await listCheckWork(this.runner);
      const due = findDueFleets(fleets, work, reason, this.section.intervalMs);
      const failures: unknown[] = [];
      for (const entry of due) {
        await this.takeTurn(entry, reason).catch((error: unknown) => failures.push(error));
      }
      if (failures.length > 0) throw failures[0];
    } finally {
      this.isLooking = false;
    }
  }

  private async takeTurn(due: DueFleet, reason: LookReason): Promise<void> {
    const { fleet } = due;
    await withTurn(this.runner, LOCK_CLASS, fleet.fleetId, async () => {
      if (this.isStopping) return;
      await settleInterrupted(this.runner, fleet.fleetId);
      await this.runRequested(fleet);
      if (due.isScheduledDue) await this.maybeRunScheduled(fleet, reason);
    });
  }

  private async runRequested(fleet: FleetRecord): Promise<void> {
    for (let count = 0; count < REQUESTED_PER_TURN && !this.isStopping; count += 1) {
      const report = await claimReport(this.runner, fleet.fleetId);
      if (report === undefined) return;
      await this.run(fleet, report);
    }
  }

  /** With the turn another replica cannot begin one; it may have done so just before. */
  private async maybeRunScheduled(fleet: FleetRecord, reason: LookReason): Promise<void> {
    const [entry] = await listCheckWork(this.runner, fleet.fleetId);
    const { intervalMs, isRepairing } = this.section;
    if (this.isStopping || !entry || !isScheduledDue(entry, reason, intervalMs)) return;
    const report = await openScheduledReport(this.runner, fleet.fleetId, isRepairing);
    await this.run(fleet, report);
  }

  private async run(fleet: FleetRecord, report: ClaimedReport): Promise<void> {
    const startedAt = performance.now();
    try {
      const finished = await this.verifier.verify(fleet, report);
      this.metrics.runFinished(fleet.name, finished, performance.now() - startedAt);
      this.logRun(fleet, finished);
    } catch (error) {
      this.metrics.runFailed(performance.now() - startedAt);
      throw error;
    }
  }

  private logRun(fleet: FleetRecord, { verdict, failures }: FinishedRun): void {
    for (const failure of failures) {
      this.log.warn(
        `fleet ${fleet.name}: a repair failed, the next run tries it again: ${failure}`,
      );
    }
    if (verdict.findingsCount === 0) return;
    const kinds = Object.entries(verdict.countsByKind).map(([kind, count]) => `${kind} ${count}`);
    this.log.log(`fleet ${fleet.name}: ${kinds.join(', ')}`);
  }

  private logFailure(error: unknown): void {
    if (!this.isFailing) this.log.warn(`verification failed, trying on: ${String(error)}`);
    this.isFailing = true;
  }
}
