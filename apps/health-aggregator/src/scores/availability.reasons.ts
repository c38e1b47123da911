import type { FleetFigures } from '@weir/database';
import type { HealthReason } from '@weir/domain';
import type { HealthReadings } from '../health/health.readings';
import { serviceReasons } from './service.reasons';

type Severity = HealthReason['severity'];

const NAMES_SHOWN = 3;

/**
 * What is not there although it should be. Availability has no number: each reason speaks for
 * itself.
 */
export function findAvailabilityReasons(
  readings: HealthReadings,
  fleets: readonly FleetFigures[],
): HealthReason[] {
  return [
    ...postgresReasons(readings),
    ...redisReasons(readings),
    ...serviceReasons(readings),
    ...brakeReasons(readings),
    ...fleets.flatMap(fleetReasons),
    ...fleets.flatMap(heldBackReasons),
  ];
}

function postgresReasons({ postgres }: HealthReadings): HealthReason[] {
  if (postgres.kind === 'read') return [];
  const what = `PostgreSQL does not answer (${postgres.error})`;
  return [reason('CRITICAL', `${what}: instances keep their streams, nothing can be changed`)];
}

function redisReasons({ redis }: HealthReadings): HealthReason[] {
  if (redis.kind === 'failed') {
    return [reason('ERROR', `Redis does not answer (${redis.error}): start it`)];
  }
  const { evictionPolicy, isPersisting } = redis.figures;
  const reasons: HealthReason[] = [];
  if (evictionPolicy !== undefined && evictionPolicy !== 'noeviction') {
    const what = `Redis has maxmemory-policy ${evictionPolicy} and may delete jobs`;
    reasons.push(reason('ERROR', `${what}: set it to noeviction`));
  }
  if (!isPersisting) {
    reasons.push(reason('ERROR', 'Redis cannot write its data to disk: see its disk and its log'));
  }
  return reasons;
}

/** Brakes as balancer-worker tells them with its beat: `brakes: [{ fleet, kind }]`. */
function brakeReasons({ replicas }: HealthReadings): HealthReason[] {
  return replicas.flatMap(({ record }) => {
    const { brakes } = record.detail;
    if (!Array.isArray(brakes)) return [];
    return brakes.filter(isBrake).map(({ fleet, kind }) => {
      const severity = kind === 'mass-loss' ? 'CRITICAL' : 'WARNING';
      const what = `fleet ${fleet}: the ${kind} brake holds failover back`;
      return reason(severity, `${what}: see GET /v1/fleets/${fleet}/brakes`);
    });
  });
}

function isBrake(brake: unknown): brake is { readonly fleet: string; readonly kind: string } {
  return typeof brake === 'object' && brake !== null && 'fleet' in brake && 'kind' in brake;
}

function fleetReasons(figures: FleetFigures): HealthReason[] {
  const { fleet, streams, unplacedStreams, present, lostRecently } = figures;
  const reasons: HealthReason[] = [];
  if (streams > 0 && present.length === 0) {
    const what = `fleet ${fleet}: ${streams} streams and no instance to run them`;
    reasons.push(reason('CRITICAL', `${what}: start instances`));
  } else if (unplacedStreams > 0) {
    const what = `fleet ${fleet}: no instance can take ${unplacedStreams} streams`;
    reasons.push(reason('ERROR', `${what}: add instances, or see why with explain`));
  }
  if (lostRecently > 0) {
    const what = `fleet ${fleet}: ${lostRecently} instances were lost in the last ten minutes`;
    reasons.push(reason('WARNING', `${what} and did not come back`));
  }
  return reasons;
}

/** Streams and instances that are held back until somebody looks, or time tells. */
function heldBackReasons(figures: FleetFigures): HealthReason[] {
  const { fleet, parkedStreams, isolatedStreams, flapping } = figures;
  const list = (kind: string): string => `see GET /v1/fleets/${fleet}/assignments?heldBack=${kind}`;
  const reasons: HealthReason[] = [];
  if (isolatedStreams > 0) {
    const what = `fleet ${fleet}: ${isolatedStreams} streams are isolated, their instances died`;
    reasons.push(reason('ERROR', `${what}: ${list('isolated')}, and retry them once mended`));
  }
  if (parkedStreams > 0) {
    const what = `fleet ${fleet}: ${parkedStreams} streams are parked, they failed too often`;
    reasons.push(reason('ERROR', `${what}: ${list('parked')}, mend the cause and retry them`));
  }
  if (flapping.length > 0) {
    const what = `fleet ${fleet}: ${namesOf(flapping)} came back too often and get nothing new`;
    reasons.push(reason('WARNING', `${what}: see why, then uncordon them`));
  }
  return reasons;
}

function namesOf(serverIds: readonly string[]): string {
  const more = serverIds.length - NAMES_SHOWN;
  const names = serverIds.slice(0, NAMES_SHOWN).join(', ');
  return more > 0 ? `${names} and ${more} more` : names;
}

function reason(severity: Severity, message: string): HealthReason {
  return { score: 'availability', severity, message };
}
