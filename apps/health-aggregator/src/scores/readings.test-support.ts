import type { FleetFigures, InstanceFigures, ServiceRecord } from '@weir/database';
import { DEFAULT_FLEET_SETTINGS } from '@weir/domain';
import type { HealthReadings } from '../health/health.readings';
import type { QueueFigures } from '../probes/queues.probe';
import type { ReplicaAnswer, ReplicaReading } from '../probes/services.probe';

export function instance(
  serverId: string,
  heldStreams: number,
  more: Partial<InstanceFigures> = {},
): InstanceFigures {
  return {
    serverId,
    status: 'ready',
    heldStreams,
    maxStreams: 100,
    metrics: {},
    heartbeatAgeMs: 1_000,
    isLeaseLive: true,
    ...more,
  };
}

export function fleet(more: Partial<FleetFigures> = {}): FleetFigures {
  return {
    fleet: 'radio',
    ageMs: 3_600_000,
    settings: DEFAULT_FLEET_SETTINGS,
    streams: 60,
    assignedStreams: 60,
    unplacedStreams: 0,
    parkedStreams: 0,
    isolatedStreams: 0,
    flapping: [],
    instances: 3,
    lostRecently: 0,
    present: [instance('a', 20), instance('b', 20), instance('c', 20)],
    overdueMoves: 0,
    report: { score: 1, ageMs: 20_000, findings: 0 },
    ...more,
  };
}

export function replica(
  service: string,
  more: Partial<ServiceRecord> = {},
  answer: ReplicaAnswer = { kind: 'answered', httpStatus: 200, latencyMs: 3 },
): ReplicaReading {
  const startedAt = new Date('2026-01-01T00:00:00Z');
  const record = {
    service,
    replica: `host-${service}`,
    url: `http://127.0.0.1/${service}`,
    version: '0.1.0',
    status: 'ready',
    detail: {},
    beats: 10,
    startedAt,
    lastSeen: new Date('2026-01-01T01:00:00Z'),
    silentMs: 1_000,
    ...more,
  } as const;
  return { record, answer };
}

export function queue(more: Partial<QueueFigures> = {}): QueueFigures {
  return {
    queue: 'balance',
    waiting: 0,
    active: 0,
    delayed: 0,
    failed: 0,
    oldestWaitingAgeMs: null,
    consumers: 1,
    ...more,
  };
}

const SERVICES = [
  'orchestrator-api',
  'balancer-worker',
  'consistency-checker',
  'health-aggregator',
];

/** A system in which everything is in order. */
export function readings(more: Partial<HealthReadings> = {}): HealthReadings {
  return {
    at: '2026-01-01T01:00:00.000Z',
    uptimeMs: 3_600_000,
    replicas: SERVICES.map((service) => replica(service)),
    postgres: {
      kind: 'read',
      latencyMs: 4,
      figures: {
        version: '18.0',
        connectionsUsed: 20,
        connectionsMax: 97,
        waitingLocks: 0,
        oldestTransactionMs: 10,
        deadlocks: 0,
        databaseBytes: 1e7,
        replicas: 0,
        replicationLagMs: null,
        queryMs: 1,
      },
    },
    redis: {
      kind: 'read',
      latencyMs: 2,
      figures: {
        roundTripMs: 1,
        memoryUsedBytes: 1e6,
        memoryMaxBytes: 0,
        evictionPolicy: 'noeviction',
        isPersisting: true,
      },
    },
    queues: { kind: 'read', latencyMs: 3, figures: [queue()] },
    fleets: { kind: 'read', latencyMs: 3, figures: [fleet()] },
    knownFleets: [],
    earlier: { deadlocks: 0, failedJobs: {} },
    failures: new Map(),
    ...more,
  };
}
