import { randomUUID } from 'node:crypto';
import type { Finding } from '@weir/domain';
import { notifyFleet } from '../connection/notify';
import type { SqlSession } from '../connection/sql-session';
import { appendEvents } from '../history/event.writer';
import type { NewEvent } from '../ownership/ownership.transaction';
import type { TransactionRunner } from '../resilience/transaction-runner';

/** Who a scheduled run is requested by; the others carry the name of a key. */
export const SCHEDULED_BY = 'schedule';

/** A run that was asked for and then lost with its checker is tried again this long. In ms. */
const RETRY_INTERRUPTED_MS = 600_000;

/** What there is to verify in one fleet. */
export interface CheckWork {
  readonly fleetId: number;
  /** Since the last scheduled run began, in ms; null when there was none. */
  readonly sinceScheduledMs: number | null;
  /** Whether somebody asked for a run that is not over. */
  readonly isRequested: boolean;
}

/** A report whose run begins now. */
export interface ClaimedReport {
  readonly reportId: string;
  readonly repair: boolean;
  readonly requestedBy: string;
}

/** What a run found and did. */
export interface ReportOutcome {
  readonly score: number;
  readonly streamsChecked: number;
  readonly instancesChecked: number;
  /** All that were found; `findings` may list fewer. */
  readonly findingsCount: number;
  readonly repairedCount: number;
  readonly findings: readonly (Finding & { readonly repaired: boolean })[];
}

/**
 * One look at every fleet, or at one: whether a run is requested, and how old the last scheduled
 * one is.
 */
export function listCheckWork(sql: SqlSession, fleetId?: number): Promise<CheckWork[]> {
  return sql.query<CheckWork>(
    `select f.fleet_id as "fleetId",
       (select extract(epoch from weir_now() - r.created_at)::double precision * 1000
        from consistency_reports r where r.fleet_id = f.fleet_id and r.requested_by = $1
        order by r.created_at desc limit 1) as "sinceScheduledMs",
       exists (select 1 from consistency_reports r where r.fleet_id = f.fleet_id
         and r.state in ('queued', 'running') and r.requested_by <> $1) as "isRequested"
     from fleets f where $2::bigint is null or f.fleet_id = $2 order by f.fleet_id`,
    [SCHEDULED_BY, fleetId ?? null],
  );
}

/**
 * Deals with runs that ended with the checker that ran them: called with the fleet's turn, when
 * nothing can be running. A requested one is queued again while it is young, others have failed.
 */
export async function settleInterrupted(sql: SqlSession, fleetId: number): Promise<void> {
  await sql.query(
    `update consistency_reports set
       state = case when requested_by <> $2
         and created_at > weir_now() - $3 * interval '1 millisecond'
         then 'queued' else 'failed' end,
       error = 'the run was interrupted', finished_at = weir_now()
     where fleet_id = $1 and state = 'running'`,
    [fleetId, SCHEDULED_BY, RETRY_INTERRUPTED_MS],
  );
}

/** Takes the oldest requested run of the fleet, or undefined when there is none. */
export async function claimReport(
  runner: TransactionRunner,
  fleetId: number,
): Promise<ClaimedReport | undefined> {
  const rows = await runner.run('claim-report', { onUnknownCommit: 'repeat' }, (sql) =>
    sql.query<ClaimedReport>(
      `update consistency_reports r set state = 'running', error = null, finished_at = null
       where r.fleet_id = $1 and r.state = 'queued' and r.report_id = (
         select q.report_id from consistency_reports q
         where q.fleet_id = $1 and q.state = 'queued'
         order by q.report_id limit 1 for update skip locked)
       returning r.report_id::text as "reportId", r.repair, r.requested_by as "requestedBy"`,
      [fleetId],
    ),
  );
  return rows[0];
}

/** Begins a scheduled run. */
export function openScheduledReport(
  runner: TransactionRunner,
  fleetId: number,
  repair: boolean,
): Promise<ClaimedReport> {
  const operation = { operationId: randomUUID(), kind: 'open-report' };
  return runner.run('open-report', { onUnknownCommit: operation }, async (sql) => {
    const rows = await sql.query<{ reportId: string }>(
      `insert into consistency_reports (fleet_id, state, requested_by, repair)
       values ($1, 'running', $2, $3) returning report_id::text as "reportId"`,
      [fleetId, SCHEDULED_BY, repair],
    );
    const { reportId } = rows[0] as { reportId: string };
    return { reportId, repair, requestedBy: SCHEDULED_BY };
  });
}

/** The latest scheduled run of the fleet that ended well before `reportId`. */
export async function findPreviousOutcome(
  sql: SqlSession,
  fleetId: number,
  reportId: string,
): Promise<Pick<ReportOutcome, 'score' | 'findingsCount'> | undefined> {
  const rows = await sql.query<Pick<ReportOutcome, 'score' | 'findingsCount'>>(
    `select score, findings_count as "findingsCount" from consistency_reports
     where fleet_id = $1 and report_id < $2 and requested_by = $3 and state = 'done'
     order by report_id desc limit 1`,
    [fleetId, reportId, SCHEDULED_BY],
  );
  return rows[0];
}

/** Stores the outcome, its findings and its events in one transaction. */
export function finishReport(
  runner: TransactionRunner,
  report: { readonly fleetId: number; readonly reportId: string },
  outcome: ReportOutcome,
  events: readonly NewEvent[],
): Promise<void> {
  const { fleetId, reportId } = report;
  return runner.run('finish-report', { onUnknownCommit: 'repeat' }, async (sql) => {
    const finished = await sql.query(FINISH, [
      fleetId,
      reportId,
      outcome.score,
      outcome.streamsChecked,
      outcome.instancesChecked,
      outcome.findingsCount,
      outcome.repairedCount,
    ]);
    // Not running any more: stored by an earlier attempt, or taken for interrupted and begun anew.
    if (finished.length === 0) return;
    await writeFindings(sql, report, outcome.findings);
    if (events.length === 0) return;
    await appendEvents(sql, fleetId, events);
    await notifyFleet(sql, { fleetId, events: true });
  });
}

const FINISH = `
update consistency_reports set state = 'done', score = $3, streams_checked = $4,
  instances_checked = $5, findings_count = $6, repaired_count = $7, finished_at = weir_now()
where fleet_id = $1 and report_id = $2 and state = 'running' returning report_id`;

async function writeFindings(
  sql: SqlSession,
  report: { readonly fleetId: number; readonly reportId: string },
  findings: ReportOutcome['findings'],
): Promise<void> {
  if (findings.length === 0) return;
  await sql.query(
    `insert into findings (fleet_id, report_id, kind, severity, stream_id, server_id, message,
       evidence, repair, repaired)
     select $1, $2, kind, severity, stream_id, server_id, message, evidence, repair, repaired
     from unnest($3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::jsonb[],
       $9::text[], $10::boolean[]) with ordinality as f (kind, severity, stream_id, server_id,
       message, evidence, repair, repaired, position)
     order by position`,
    [
      report.fleetId,
      report.reportId,
      findings.map((finding) => finding.kind),
      findings.map((finding) => finding.severity),
      findings.map((finding) => finding.streamId),
      findings.map((finding) => finding.serverId),
      findings.map((finding) => finding.message),
      findings.map((finding) => JSON.stringify(finding.evidence)),
      findings.map((finding) => finding.repair),
      findings.map((finding) => finding.repaired),
    ],
  );
}

/** Notes that a run came to nothing. */
export async function failReport(
  sql: SqlSession,
  report: { readonly fleetId: number; readonly reportId: string },
  error: string,
): Promise<void> {
  await sql.query(
    `update consistency_reports set state = 'failed', error = $3, finished_at = weir_now()
     where fleet_id = $1 and report_id = $2 and state = 'running'`,
    [report.fleetId, report.reportId, error],
  );
}
