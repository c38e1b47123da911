import type { Violation } from '../history/history.plan';
import type { HistoryReport } from '../history/history.runner';
import { INVARIANTS, noChecks } from '../invariants/check.counts';

/** A history that violated something. */
export interface FoundViolation extends Violation {
  readonly seed: number;
}

/** What many histories came to together. */
export class CampaignTotals {
  histories = 0;
  steps = 0;
  readonly checks = noChecks();
  readonly incidents: Record<string, number> = {};
  readonly figures: Record<string, number> = {};
  readonly recoveriesMs: number[] = [];
  readonly violations: FoundViolation[] = [];

  add(report: Omit<HistoryReport, 'trace'>): void {
    this.histories += 1;
    this.steps += report.steps;
    for (const name of INVARIANTS) this.checks[name] += report.checks[name];
    addTo(this.incidents, report.incidents);
    addTo(this.figures, report.figures);
    if (report.recoveryMs !== undefined) this.recoveriesMs.push(report.recoveryMs);
    if (report.violation) {
      this.violations.push({ ...report.violation, seed: report.plan.seed });
    }
  }

  /** Faults that were injected, of all kinds. */
  get faults(): number {
    const sum = (counts: Readonly<Record<string, number>>): number =>
      Object.values(counts).reduce((all, count) => all + count, 0);
    const { lost = 0, duplicated = 0, delayed = 0, cut = 0 } = this.figures;
    const { brokenBefore = 0, brokenAfter = 0, lostCommits = 0, slow = 0 } = this.figures;
    const byChance = lost + duplicated + delayed + cut;
    return sum(this.incidents) + byChance + brokenBefore + brokenAfter + lostCommits + slow;
  }
}

function addTo(totals: Record<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts)) totals[name] = (totals[name] ?? 0) + count;
}

/** The value below which this share of the others lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
