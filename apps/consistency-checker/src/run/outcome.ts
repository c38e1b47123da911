import type { ConsistencyPicture, ReportOutcome } from '@weir/database';
import { computeConsistencyScore } from '@weir/domain';
import type { Finding, FindingKind, Severity } from '@weir/domain';
import type { CheckResult } from '../checks/check';

/** Findings stored per report; the rest is counted. A reader acts on the first of them anyway. */
export const FINDINGS_STORED_MAX = 1_000;

/** Everything that a look at a fleet found, the worst first, before anything is repaired. */
export interface Verdict {
  /** At most FINDINGS_STORED_MAX. */
  readonly findings: readonly Finding[];
  readonly findingsCount: number;
  readonly countsByKind: Readonly<Partial<Record<FindingKind, number>>>;
  readonly score: number;
  readonly streamsChecked: number;
  readonly instancesChecked: number;
}

const SEVERITY_ORDER: readonly Severity[] = ['CRITICAL', 'ERROR', 'WARNING', 'INFO'];

/** Sums up what the checks found. Pure. */
export function computeVerdict(
  picture: ConsistencyPicture,
  results: readonly { readonly kind: FindingKind; readonly result: CheckResult }[],
): Verdict {
  const countsByKind: Partial<Record<FindingKind, number>> = {};
  const severities: { severity: Severity }[] = [];
  for (const { kind, result } of results) {
    const before = severities.length;
    severities.push(...result.findings);
    for (const { severity, count } of result.unlisted) {
      for (let index = 0; index < count; index += 1) severities.push({ severity });
    }
    if (severities.length > before) countsByKind[kind] = severities.length - before;
  }
  const { streamsChecked, instances } = picture;
  return {
    findings: worstFirst(results.flatMap(({ result }) => result.findings)),
    findingsCount: severities.length,
    countsByKind,
    score: computeConsistencyScore(severities, streamsChecked + instances.length),
    streamsChecked,
    instancesChecked: instances.length,
  };
}

function worstFirst(findings: readonly Finding[]): Finding[] {
  const rank = ({ severity }: Finding): number => SEVERITY_ORDER.indexOf(severity);
  return findings.toSorted((a, b) => rank(a) - rank(b)).slice(0, FINDINGS_STORED_MAX);
}

/** What is stored: the verdict, and which findings were answered. */
export function toOutcome(verdict: Verdict, repaired: ReadonlySet<Finding>): ReportOutcome {
  const { findings, findingsCount, score, streamsChecked, instancesChecked } = verdict;
  return {
    score,
    streamsChecked,
    instancesChecked,
    findingsCount,
    repairedCount: repaired.size,
    findings: findings.map((finding) => ({ ...finding, repaired: repaired.has(finding) })),
  };
}
