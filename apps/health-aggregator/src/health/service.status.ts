import type { ServiceStatus } from '@weir/domain';
import type { ProbeReading } from '../probes/probe.reading';
import { SILENT_MS } from '../probes/replica.selection';
import type { ReplicaReading } from '../probes/services.probe';
import type { HealthReadings } from './health.readings';

type Judgement = Pick<ServiceStatus, 'status' | 'error'>;

/** The state of every part: PostgreSQL, Redis, and each replica of each service. */
export function listServiceStatuses(readings: HealthReadings): ServiceStatus[] {
  return [
    toPartStatus('postgresql', readings.postgres, readings),
    toPartStatus('redis', readings.redis, readings),
    ...readings.replicas.map((replica) => toServiceStatus(replica, readings)),
  ];
}

/** Names a replica: by its service alone when there is no other. */
export function replicaNameOf({ record }: ReplicaReading, all: readonly ReplicaReading[]): string {
  const isOnly = all.filter((other) => other.record.service === record.service).length === 1;
  return isOnly ? record.service : `${record.service}/${record.replica}`;
}

/** The state of one replica. */
export function toServiceStatus(replica: ReplicaReading, readings: HealthReadings): ServiceStatus {
  const name = replicaNameOf(replica, readings.replicas);
  const judgement = judge(replica);
  return {
    name,
    ...judgement,
    lastCheck: readings.at,
    latencyMs: replica.answer.kind === 'answered' ? replica.answer.latencyMs : null,
    retryCount: countFailures(name, judgement, readings),
  };
}

/**
 * First match wins:
 *
 * | it | is |
 * |---|---|
 * | answers that it is ready | ready |
 * | answers otherwise and says that it starts | starting |
 * | answers otherwise | error |
 * | has no address, and its beats come | what it says of itself |
 * | does not answer, and its beats come | unknown: busy, or not to be reached from here |
 * | is silent | error |
 */
function judge({ record, answer }: ReplicaReading): Judgement {
  const isSilent = record.silentMs > SILENT_MS;
  if (answer.kind === 'answered') {
    if (answer.httpStatus === 200) return { status: 'ready', error: null };
    const isStarting = record.status === 'starting';
    return {
      status: isStarting ? 'starting' : 'error',
      error: `readiness answers ${answer.httpStatus}`,
    };
  }
  const silence = `not heard of for ${Math.round(record.silentMs / 1_000)} s`;
  if (answer.kind === 'no-address') {
    if (isSilent) return { status: 'error', error: silence };
    return { status: record.status === 'ready' ? 'ready' : 'unknown', error: null };
  }
  if (isSilent) return { status: 'error', error: `${silence}, ${answer.error}` };
  return { status: 'unknown', error: `beats, but does not answer: ${answer.error}` };
}

function toPartStatus(
  name: string,
  reading: ProbeReading<unknown>,
  readings: HealthReadings,
): ServiceStatus {
  const judgement: Judgement =
    reading.kind === 'read'
      ? { status: 'ready', error: null }
      : { status: 'error', error: reading.error };
  return {
    name,
    ...judgement,
    lastCheck: readings.at,
    latencyMs: reading.kind === 'read' ? reading.latencyMs : null,
    retryCount: countFailures(name, judgement, readings),
  };
}

/** Looks in a row, this one included, at which it was not in order. */
function countFailures(name: string, { status }: Judgement, { failures }: HealthReadings): number {
  const isFailing = status === 'error' || status === 'unknown';
  return isFailing ? (failures.get(name) ?? 0) + 1 : 0;
}
