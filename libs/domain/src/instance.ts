import type { Labels } from './stream';

/**
 * ready: gets streams. cordoned: keeps what it has, gets nothing new. draining: is being emptied.
 * lost: its lease was taken over. left: it said goodbye.
 */
export type InstanceStatus = 'ready' | 'cordoned' | 'draining' | 'lost' | 'left';

export interface InstanceCapacity {
  readonly cpuCores?: number;
  readonly memoryMb?: number;
  readonly bandwidthMbps?: number;
}

/** What an instance measured of itself; ratios in 0..1. */
export interface InstanceMetrics {
  readonly cpu?: number;
  readonly memory?: number;
  readonly eventLoopLagMs?: number;
  readonly bandwidthMbps?: number;
  readonly errorRate?: number;
  readonly latencyP95Ms?: number;
}

export interface InstanceView {
  readonly serverId: string;
  readonly host: string;
  readonly port: number;
  readonly status: InstanceStatus;
  readonly incarnation: number;
  readonly maxStreams: number;
  readonly assignedStreams: number;
  readonly loadFactor: number;
  readonly capacity: InstanceCapacity;
  readonly zone: string | null;
  readonly labels: Labels;
  readonly metrics: InstanceMetrics;
  readonly failureCount: number;
  readonly recoveryCount: number;
  readonly clientVersion: string | null;
  readonly registeredAt: string;
  readonly lastHeartbeatAt: string | null;
  readonly leaseExpiresAt: string | null;
  /** It came back too often without having left, and gets nothing new until then; null: it may. */
  readonly flappingUntil: string | null;
}

/** Streams held over streams allowed: 0 empty, 1 full, above 1 over its capacity. */
export function computeLoadFactor(assignedStreams: number, maxStreams: number): number {
  if (maxStreams <= 0) return assignedStreams > 0 ? Number.POSITIVE_INFINITY : 0;
  return assignedStreams / maxStreams;
}

/** True while the instance holds a lease and works normally. */
export function isHealthy(instance: {
  status: InstanceStatus;
  metrics?: InstanceMetrics;
}): boolean {
  const isHolding = instance.status !== 'lost' && instance.status !== 'left';
  return isHolding && (instance.metrics?.errorRate ?? 0) < 0.5;
}

/** True when the planner may give the instance new streams. */
export function shouldReceiveStreams(instance: {
  status: InstanceStatus;
  assignedStreams: number;
  maxStreams: number;
}): boolean {
  return instance.status === 'ready' && instance.assignedStreams < instance.maxStreams;
}

/**
 * How well an instance does its work, 0.1..1: measured error rate and event-loop lag (a second of
 * lag halves it) scale what it should be given. Unknown measures count as good.
 */
export function computePerformance(metrics: InstanceMetrics): number {
  const reliability = 1 - Math.min(1, Math.max(0, metrics.errorRate ?? 0));
  const responsiveness = 1 / (1 + Math.max(0, metrics.eventLoopLagMs ?? 0) / 1_000);
  return Math.max(0.1, reliability * responsiveness);
}
