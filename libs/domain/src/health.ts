/** State of one part of the system as probed. */
export interface ServiceStatus {
  readonly name: string;
  readonly status: 'starting' | 'ready' | 'error' | 'unknown';
  readonly lastCheck: string;
  readonly latencyMs: number | null;
  readonly error: string | null;
  readonly retryCount: number;
}

export type OverallHealth = 'healthy' | 'degraded' | 'critical' | 'unknown';

/** One thing that lowers a score, in words an operator can act on. */
export interface HealthReason {
  readonly score: 'loadBalance' | 'consistency' | 'performance' | 'availability';
  readonly severity: 'WARNING' | 'ERROR' | 'CRITICAL';
  readonly message: string;
}

/** The whole system's health; scores in 0..1, 1 is best. */
export interface SystemHealth {
  readonly at: string;
  readonly overall: OverallHealth;
  readonly needsIntervention: boolean;
  readonly totalInstances: number;
  readonly activeInstances: number;
  readonly totalStreams: number;
  readonly assignedStreams: number;
  readonly loadBalanceScore: number;
  readonly consistencyScore: number;
  readonly performanceScore: number;
  readonly services: readonly ServiceStatus[];
  readonly reasons: readonly HealthReason[];
}

/** The overall word that follows from the reasons: the worst one decides. */
export function computeOverallHealth(reasons: readonly HealthReason[]): OverallHealth {
  if (reasons.some((reason) => reason.severity === 'CRITICAL')) return 'critical';
  return reasons.length > 0 ? 'degraded' : 'healthy';
}

/** True when somebody should look: something is critical, or an error does not heal by itself. */
export function computeNeedsIntervention(reasons: readonly HealthReason[]): boolean {
  return reasons.some((reason) => reason.severity === 'CRITICAL' || reason.severity === 'ERROR');
}
