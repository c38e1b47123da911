import type { FleetFigures } from '@weir/database';
import { scoreByWorst } from './penalty';
import type { Penalty, Score } from './penalty';

/**
 * A fleet that nobody verified for this long counts as unverified. In ms: ten default intervals.
 */
const UNVERIFIED_AFTER_MS = 300_000;
/** What an unverified fleet loses: it may be in order, and nobody knows. */
const UNVERIFIED_SHARE = 0.5;
/** Below this score a report is an error rather than a warning. */
const ERROR_BELOW = 0.9;

/**
 * How consistent ownership is, 0..1, by the worst fleet: the score of its latest verification, and
 * at most 0.5 when that is too old to mean anything.
 */
export function computeConsistency(fleets: readonly FleetFigures[]): Score {
  return scoreByWorst(
    'consistency',
    fleets.flatMap((fleet) => [...findingsPenalty(fleet), ...agePenalty(fleet)]),
  );
}

function findingsPenalty({ fleet, report }: FleetFigures): Penalty[] {
  if (report === null || report.score >= 1) return [];
  const score = report.score.toFixed(4);
  return [
    {
      share: 1 - report.score,
      severity: report.score < ERROR_BELOW ? 'ERROR' : 'WARNING',
      message:
        `fleet ${fleet}: verification found ${report.findings} findings (score ${score}); ` +
        'see its latest report',
    },
  ];
}

function agePenalty({ fleet, report, ageMs }: FleetFigures): Penalty[] {
  const unverifiedMs = report?.ageMs ?? ageMs;
  if (unverifiedMs <= UNVERIFIED_AFTER_MS) return [];
  const minutes = Math.round(unverifiedMs / 60_000);
  return [
    {
      share: UNVERIFIED_SHARE,
      severity: 'ERROR',
      message: `fleet ${fleet}: not verified for ${minutes} min; see that consistency-checker runs`,
    },
  ];
}
