import { randomUUID } from 'node:crypto';
import { DomainError } from '@weir/domain';
import { LessThan, MoreThan } from 'typeorm';
import { ConsistencyReportEntity } from '../entities/consistency-report.entity';
import { FindingEntity } from '../entities/finding.entity';
import type { TransactionRunner } from '../resilience/transaction-runner';
import type { OrdinaryReads } from './ordinary-reads';
import { toIso, toPage } from './page';
import type { Page, PageRequest } from './page';

/** A verification run as operators see it. */
export interface ReportView {
  readonly reportId: string;
  readonly state: ConsistencyReportEntity['state'];
  readonly requestedBy: string;
  readonly repair: boolean;
  /** 0..1, 1 is best; null until the run is over. */
  readonly score: number | null;
  readonly streamsChecked: number;
  readonly instancesChecked: number;
  readonly findingsCount: number;
  readonly repairedCount: number;
  readonly error: string | null;
  readonly createdAt: string;
  readonly finishedAt: string | null;
}

export interface FindingView extends Pick<
  FindingEntity,
  'kind' | 'severity' | 'serverId' | 'message' | 'evidence' | 'repair' | 'repaired'
> {
  readonly findingId: string;
  readonly streamId: string | null;
}

/** Asks for a verification run by leaving a queued report. @returns its id. */
export function requestCheck(
  runner: TransactionRunner,
  fleetId: number,
  request: { readonly repair: boolean; readonly requestedBy: string },
): Promise<string> {
  const operation = { operationId: randomUUID(), kind: 'request-check' };
  return runner.run('request-check', { onUnknownCommit: operation }, async (sql) => {
    const rows = await sql.query<{ reportId: string }>(
      `insert into consistency_reports (fleet_id, state, requested_by, repair)
       values ($1, 'queued', $2, $3) returning report_id::text as "reportId"`,
      [fleetId, request.requestedBy, request.repair],
    );
    return (rows[0] as { reportId: string }).reportId;
  });
}

/** Reports of a fleet, newest first. The cursor is a report id. */
export async function listReports(
  reads: OrdinaryReads,
  fleetId: number,
  page: PageRequest,
): Promise<Page<ReportView>> {
  const rows = await reads.entities((manager) =>
    manager.find(ConsistencyReportEntity, {
      where: { fleetId, ...(page.after !== null && { reportId: LessThan(Number(page.after)) }) },
      order: { reportId: 'DESC' },
      take: page.limit + 1,
    }),
  );
  return toPage(rows, page.limit, { toItem: toReport, cursorOf: (row) => String(row.reportId) });
}

/** @throws DomainError REPORT_UNKNOWN */
export async function getReport(
  reads: OrdinaryReads,
  fleetId: number,
  reportId: string,
): Promise<ReportView> {
  const row = await reads.entities((manager) =>
    manager.findOneBy(ConsistencyReportEntity, { fleetId, reportId: Number(reportId) }),
  );
  if (!row) throw new DomainError('REPORT_UNKNOWN', `no report ${reportId} in this fleet`);
  return toReport(row);
}

/** What a run found, in the order in which it was found. The cursor is a finding id. */
export async function listFindings(
  reads: OrdinaryReads,
  report: { readonly fleetId: number; readonly reportId: string },
  page: PageRequest,
): Promise<Page<FindingView>> {
  const rows = await reads.entities((manager) =>
    manager.find(FindingEntity, {
      where: {
        fleetId: report.fleetId,
        reportId: Number(report.reportId),
        findingId: MoreThan(Number(page.after ?? 0)),
      },
      order: { findingId: 'ASC' },
      take: page.limit + 1,
    }),
  );
  return toPage(rows, page.limit, { toItem: toFinding, cursorOf: (row) => String(row.findingId) });
}

function toReport({ fleetId: _fleetId, ...row }: ConsistencyReportEntity): ReportView {
  return {
    ...row,
    reportId: String(row.reportId),
    createdAt: toIso(row.createdAt),
    finishedAt: toIso(row.finishedAt),
  };
}

function toFinding({ fleetId: _fleetId, reportId: _reportId, ...row }: FindingEntity): FindingView {
  return {
    ...row,
    findingId: String(row.findingId),
    streamId: row.streamId === null ? null : String(row.streamId),
  };
}
