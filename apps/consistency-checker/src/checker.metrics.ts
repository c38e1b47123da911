import { Injectable } from '@nestjs/common';
import { durationBucketsSeconds, MetricsRegistry } from '@weir/observability';
import { CHECKS } from './checks/checks';
import type { FinishedRun } from './run/fleet.verifier';

const MS_PER_SECOND = 1_000;

/** What consistency-checker tells about its work. */
@Injectable()
export class CheckerMetrics {
  private readonly duration;
  private readonly score;
  private readonly findings;
  private readonly repairs;
  private readonly deleted;
  private readonly maintenance;

  constructor(metrics: MetricsRegistry) {
    this.duration = metrics.histogram({
      name: 'consistency_run_duration_seconds',
      help: 'How long verifications of a fleet took.',
      labels: ['outcome'],
      buckets: durationBucketsSeconds,
    });
    this.score = metrics.gauge({
      name: 'consistency_score_ratio',
      help: 'Consistency of a fleet by its latest verification in this replica, 1 is best.',
      labels: ['fleet'],
    });
    this.findings = metrics.gauge({
      name: 'consistency_findings',
      help: 'Findings of the latest verification of a fleet in this replica.',
      labels: ['fleet', 'kind'],
    });
    this.repairs = metrics.counter({
      name: 'consistency_repairs_total',
      help: 'Findings answered by a repair.',
      labels: ['repair'],
    });
    this.deleted = metrics.counter({
      name: 'maintenance_changes_total',
      help: 'Old rows deleted, and partitions made or dropped.',
      labels: ['table'],
    });
    this.maintenance = metrics.counter({
      name: 'maintenance_steps_total',
      help: 'Steps of maintenance by how they ended.',
      labels: ['outcome'],
    });
  }

  runFinished(fleet: string, { verdict, repaired }: FinishedRun, durationMs: number): void {
    this.duration.observe({ outcome: 'done' }, durationMs / MS_PER_SECOND);
    this.score.set({ fleet }, verdict.score);
    for (const { kind } of CHECKS) {
      this.findings.set({ fleet, kind }, verdict.countsByKind[kind] ?? 0);
    }
    for (const { repair } of repaired) this.repairs.inc({ repair });
  }

  runFailed(durationMs: number): void {
    this.duration.observe({ outcome: 'failed' }, durationMs / MS_PER_SECOND);
  }

  maintained(table: string, changes: number): void {
    this.deleted.inc({ table }, changes);
    this.maintenance.inc({ outcome: 'done' });
  }

  maintenanceFailed(): void {
    this.maintenance.inc({ outcome: 'failed' });
  }
}
