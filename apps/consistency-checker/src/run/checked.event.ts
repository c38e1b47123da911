import { SCHEDULED_BY } from '@weir/database';
import type { ClaimedReport, NewEvent, ReportOutcome } from '@weir/database';
import type { Verdict } from './outcome';

type Previous = Pick<ReportOutcome, 'score' | 'findingsCount'> | undefined;

/**
 * The event of a run, if it is worth one: a run that somebody asked for is; a scheduled one only
 * when it found something else than the one before, so that a lasting finding does not fill the
 * history and its end is seen there.
 */
export function maybeCheckedEvent(
  report: ClaimedReport,
  verdict: Verdict,
  repairedCount: number,
  previous: Previous,
): NewEvent[] {
  if (report.requestedBy === SCHEDULED_BY && isAsBefore(verdict, previous)) return [];
  const { findingsCount, score, countsByKind } = verdict;
  const found = findingsCount === 0 ? 'nothing is wrong' : `${findingsCount} findings`;
  const repaired = repairedCount > 0 ? `, ${repairedCount} answered` : '';
  return [
    {
      kind: 'consistency.checked',
      severity: findingsCount === 0 ? 'INFO' : 'WARNING',
      message: `verified by ${report.requestedBy}: ${found}${repaired} (score ${score.toFixed(4)})`,
      detail: {
        reportId: report.reportId,
        requestedBy: report.requestedBy,
        isRepairing: report.repair,
        findings: countsByKind,
        repaired: repairedCount,
        score,
      },
    },
  ];
}

function isAsBefore({ findingsCount, score }: Verdict, previous: Previous): boolean {
  if (previous === undefined) return findingsCount === 0;
  return findingsCount === previous.findingsCount && score === previous.score;
}
