import type { FleetFigures, InstanceFigures } from '@weir/database';
import { computePerformance } from '@weir/domain';
import { ramp } from './penalty';
import type { Penalty } from './penalty';

/** A heartbeat later than this part of the lease: two of the usual three are missing. */
const LATE_LEASE_SHARE = 0.75;
const NAMES_SHOWN = 3;

/**
 * | measure, per fleet | free up to | full share from | share |
 * |---|---|---|---|
 * | instances whose heartbeat is late / all | 0 | 0.5 | 0.6 |
 * | 1 - mean performance of instances (errors, event-loop lag) | 0.1 | 0.9 | 0.4 |
 * | moves past their deadline | 0 | 20 | 0.3 |
 */
export function fleetPenalties(figures: FleetFigures): Penalty[] {
  const { fleet, present, overdueMoves, settings } = figures;
  const late = present.filter(
    ({ heartbeatAgeMs }) => heartbeatAgeMs > LATE_LEASE_SHARE * settings.leaseTtlMs,
  );
  const slowness = 1 - meanPerformance(present);
  return [
    {
      share: present.length === 0 ? 0 : 0.6 * ramp(late.length / present.length, 0, 0.5),
      severity: 'WARNING',
      message:
        `fleet ${fleet}: heartbeats of ${namesOf(late)} are late: see those machines and ` +
        'their network',
    },
    {
      share: 0.4 * ramp(slowness, 0.1, 0.9),
      severity: 'WARNING',
      message:
        `fleet ${fleet}: instances report errors or a lagging event loop (performance ` +
        `${(1 - slowness).toFixed(2)})`,
    },
    {
      share: 0.3 * ramp(overdueMoves, 0, 20),
      severity: 'WARNING',
      message:
        `fleet ${fleet}: ${overdueMoves} moves are past their deadline: see that ` +
        'balancer-worker runs',
    },
  ];
}

function meanPerformance(present: readonly InstanceFigures[]): number {
  if (present.length === 0) return 1;
  const sum = present.reduce((total, { metrics }) => total + computePerformance(metrics), 0);
  return sum / present.length;
}

function namesOf(instances: readonly InstanceFigures[]): string {
  const names = instances.slice(0, NAMES_SHOWN).map(({ serverId }) => serverId);
  const more = instances.length - names.length;
  return more > 0 ? `${names.join(', ')} and ${more} more` : names.join(', ');
}
