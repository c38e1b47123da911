import type { Severity } from './event';

/** Each kind is one check in consistency-checker. */
export type FindingKind =
  | 'orphaned-stream'
  | 'expired-lease-still-owning'
  | 'counter-drift'
  | 'capacity-exceeded'
  | 'assignment-to-retired-instance'
  | 'running-but-not-assigned'
  | 'stuck-stop'
  | 'stuck-move';

/** The idempotent action that answers a finding. */
export type RepairKind =
  'none' | 'ring-balancer' | 'recount' | 'take-over' | 'request-resync' | 'release' | 'announce';

/** One inconsistency with its evidence. */
export interface Finding {
  readonly kind: FindingKind;
  readonly severity: Severity;
  readonly streamId: string | null;
  readonly serverId: string | null;
  readonly message: string;
  readonly evidence: Readonly<Record<string, unknown>>;
  readonly repair: RepairKind;
}

/** Weight of one finding in the consistency score, by severity. */
const SEVERITY_WEIGHT: Record<Severity, number> = { INFO: 0, WARNING: 1, ERROR: 5, CRITICAL: 25 };

/**
 * Consistency of a fleet in 0..1: 1 without findings, falling with the weight of the findings over
 * the number of things checked (streams and instances).
 */
export function computeConsistencyScore(
  findings: readonly { severity: Severity }[],
  checkedCount: number,
): number {
  const weight = findings.reduce((sum, finding) => sum + SEVERITY_WEIGHT[finding.severity], 0);
  if (weight === 0) return 1;
  return Math.max(0, 1 - weight / Math.max(checkedCount, weight, 1));
}
