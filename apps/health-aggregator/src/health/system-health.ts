import { computeNeedsIntervention, computeOverallHealth } from '@weir/domain';
import type { HealthReason, SystemHealth } from '@weir/domain';
import { findAvailabilityReasons } from '../scores/availability.reasons';
import { computeConsistency } from '../scores/consistency.score';
import { computeLoadBalance } from '../scores/load-balance.score';
import { computePerformanceScore } from '../scores/performance.score';
import type { HealthReadings } from './health.readings';
import { listServiceStatuses } from './service.status';

const SEVERITY_ORDER: readonly HealthReason['severity'][] = ['CRITICAL', 'ERROR', 'WARNING'];

/**
 * The health of the whole system from one look at its parts. Pure. While fleets cannot be read, the
 * figures are those of the last time they could; the reasons say so.
 */
export function computeSystemHealth(readings: HealthReadings): SystemHealth {
  const fleets = readings.fleets.kind === 'read' ? readings.fleets.figures : readings.knownFleets;
  const loadBalance = computeLoadBalance(fleets);
  const consistency = computeConsistency(fleets);
  const performance = computePerformanceScore(readings, fleets);
  const reasons = worstFirst([
    ...findAvailabilityReasons(readings, fleets),
    ...loadBalance.reasons,
    ...consistency.reasons,
    ...performance.reasons,
  ]);
  const sum = (count: (fleet: (typeof fleets)[number]) => number): number =>
    fleets.reduce((total, fleet) => total + count(fleet), 0);
  return {
    at: readings.at,
    overall: computeOverallHealth(reasons),
    needsIntervention: computeNeedsIntervention(reasons),
    totalInstances: sum((fleet) => fleet.instances),
    activeInstances: sum((fleet) => fleet.present.filter((one) => one.isLeaseLive).length),
    totalStreams: sum((fleet) => fleet.streams),
    assignedStreams: sum((fleet) => fleet.assignedStreams),
    loadBalanceScore: loadBalance.value,
    consistencyScore: consistency.value,
    performanceScore: performance.value,
    services: listServiceStatuses(readings),
    reasons,
  };
}

function worstFirst(reasons: readonly HealthReason[]): HealthReason[] {
  const rank = ({ severity }: HealthReason): number => SEVERITY_ORDER.indexOf(severity);
  return reasons.toSorted((a, b) => rank(a) - rank(b));
}
