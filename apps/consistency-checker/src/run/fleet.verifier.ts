import { Injectable } from '@nestjs/common';
import {
  Database,
  failReport,
  findPreviousOutcome,
  finishReport,
  readConsistencyPicture,
} from '@weir/database';
import type { ClaimedReport, FleetRecord, TransactionRunner } from '@weir/database';
import type { Finding } from '@weir/domain';
import { JobProducer } from '@weir/queues';
import { CHECKS } from '../checks/checks';
import { ownerlessAfterMs } from '../checks/orphaned-stream.check';
import { moveStuckAfterMs } from '../checks/stuck-move.check';
import { stuckAfterMs } from '../checks/stuck-stop.check';
import { rememberLooks } from '../checks/running.look';
import type { RunningLook } from '../checks/running.look';
import { applyRepairs } from '../repairs/repairs';
import type { RepairContext } from '../repairs/repair';
import { maybeCheckedEvent } from './checked.event';
import { computeVerdict, FINDINGS_STORED_MAX, toOutcome } from './outcome';
import type { Verdict } from './outcome';

/** What a run came to. */
export interface FinishedRun {
  readonly verdict: Verdict;
  readonly repaired: ReadonlySet<Finding>;
  readonly failures: readonly string[];
}

/**
 * Runs verifications of fleets: read once, check, repair, store. Remembers per fleet which
 * instances ran something else than they should, because that takes two looks.
 */
@Injectable()
export class FleetVerifier {
  private readonly runner: TransactionRunner;
  private readonly looks = new Map<number, ReadonlyMap<string, RunningLook>>();

  constructor(
    database: Database,
    private readonly jobs: JobProducer,
  ) {
    this.runner = database.control;
  }

  /** Carries out a report that is claimed. What fails is noted in the report and thrown. */
  async verify(fleet: FleetRecord, report: ClaimedReport): Promise<FinishedRun> {
    const stored = { fleetId: fleet.fleetId, reportId: report.reportId };
    try {
      const verdict = await this.look(fleet);
      const answers = report.repair
        ? await applyRepairs(verdict.findings, this.contextOf(fleet))
        : { repaired: new Set<Finding>(), failures: [] };
      const previous = await findPreviousOutcome(this.runner, fleet.fleetId, report.reportId);
      const events = maybeCheckedEvent(report, verdict, answers.repaired.size, previous);
      await finishReport(this.runner, stored, toOutcome(verdict, answers.repaired), events);
      return { verdict, ...answers };
    } catch (error) {
      await failReport(this.runner, stored, String(error)).catch(() => undefined);
      throw error;
    }
  }

  private async look(fleet: FleetRecord): Promise<Verdict> {
    const picture = await readConsistencyPicture(this.runner, fleet.fleetId, {
      ownerlessAfterMs: ownerlessAfterMs({ fleet }),
      ownerlessMax: FINDINGS_STORED_MAX,
      stuck: {
        stopsAfterMs: stuckAfterMs(fleet.settings),
        movesAfterMs: moveStuckAfterMs(fleet.settings),
        listedMax: FINDINGS_STORED_MAX,
      },
    });
    const earlierLooks = this.looks.get(fleet.fleetId) ?? new Map<string, RunningLook>();
    const input = { fleet, picture, earlierLooks };
    const results = CHECKS.map((check) => ({ kind: check.kind, result: check.find(input) }));
    this.looks.set(fleet.fleetId, rememberLooks(picture, earlierLooks));
    return computeVerdict(picture, results);
  }

  private contextOf(fleet: FleetRecord): RepairContext {
    const ringBalance = (name: string): Promise<boolean> => this.jobs.ringBalance(name);
    return { runner: this.runner, fleet, ringBalance };
  }
}
