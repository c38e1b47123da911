import type { HealthReason, ServiceStatus } from '@weir/domain';
import type { HealthReadings } from '../health/health.readings';
import { toServiceStatus } from '../health/service.status';

/** Every service of the control plane, and how bad it is when none of its replicas works. */
const EXPECTED = {
  'orchestrator-api': 'CRITICAL',
  'balancer-worker': 'CRITICAL',
  'consistency-checker': 'ERROR',
  'health-aggregator': 'ERROR',
} as const;

/** While this process is younger than that, the others may just be starting with it. In ms. */
const STARTING_TOGETHER_MS = 30_000;

/**
 * A service without a working replica is as bad as EXPECTED says; one that lost some of them is
 * degraded. While PostgreSQL is away no service is ready, which is said of PostgreSQL alone; only
 * those that do not answer at all are named then.
 */
export function serviceReasons(readings: HealthReadings): HealthReason[] {
  const isDatabaseAway = readings.postgres.kind === 'failed';
  if (isDatabaseAway && readings.replicas.length === 0) return [];
  return Object.entries(EXPECTED).flatMap(([service, severity]) => {
    const replicas = readings.replicas.filter(({ record }) => record.service === service);
    if (isDatabaseAway && replicas.some(({ answer }) => answer.kind === 'answered')) return [];
    const statuses = replicas.map((reading) => toServiceStatus(reading, readings));
    if (statuses.some(({ status }) => status === 'ready')) return statuses.flatMap(replicaReason);
    const isEarly = readings.uptimeMs < STARTING_TOGETHER_MS;
    return [missing(service, isEarly ? 'WARNING' : severity, statuses)];
  });
}

function replicaReason({ name, status, error }: ServiceStatus): HealthReason[] {
  if (status === 'ready') return [];
  const message = `${name} is not ready (${error ?? status}); other replicas are`;
  return [{ score: 'availability', severity: 'WARNING', message }];
}

function missing(
  service: string,
  severity: HealthReason['severity'],
  statuses: readonly ServiceStatus[],
): HealthReason {
  const why = statuses.map(({ error, status }) => error ?? status).join('; ') || 'none was started';
  const message = `no replica of ${service} works (${why}): start it, or see its log`;
  return { score: 'availability', severity, message };
}
