/** The bodies of the REST calls that instances make (protocol.md, "For instances"). */
import type { Assignment } from './assignment';
import type { RunningDigest, StreamEpoch } from './digest';
import type { InstanceCapacity, InstanceMetrics, InstanceStatus } from './instance';
import type { JsonObject, Labels } from './stream';

export interface RegisterRequest {
  readonly serverId: string;
  readonly host: string;
  readonly port: number;
  readonly maxStreams: number;
  readonly capacity?: InstanceCapacity;
  readonly zone?: string;
  readonly labels?: Labels;
  readonly running?: readonly StreamEpoch[];
  readonly takeover?: boolean;
  readonly clientVersion?: string;
}

export interface RegisterResponse {
  readonly serverId: string;
  readonly incarnation: number;
  readonly leaseTtlMs: number;
  readonly heartbeatIntervalMs: number;
  readonly revision: number;
  readonly assignments: readonly Assignment[];
}

export interface StreamReport {
  readonly streamId: string;
  /** Measured demand in the unit of the stream's weight. */
  readonly load?: number;
  /** Free text of the instance: `running`, `stalled`, `failing`, ... */
  readonly state?: string;
  readonly error?: string;
}

export interface HeartbeatRequest {
  readonly incarnation: number;
  readonly seenRevision: number;
  readonly running: RunningDigest;
  readonly metrics?: InstanceMetrics;
  readonly streams?: readonly StreamReport[];
}

export interface HeartbeatResponse {
  readonly leaseTtlMs: number;
  readonly heartbeatIntervalMs: number;
  readonly revision: number;
  readonly status: InstanceStatus;
  readonly changes?: readonly Assignment[];
  readonly resync?: true;
}

export type AckState = 'running' | 'prepared' | 'stopped' | 'failed';

export interface Ack {
  readonly streamId: string;
  readonly epoch: number;
  readonly state: AckState;
  readonly checkpoint?: JsonObject;
  readonly error?: string;
}

export interface AcksRequest {
  readonly incarnation: number;
  readonly acks: readonly Ack[];
}

export type AckCode = 'STALE_EPOCH' | 'STREAM_UNKNOWN' | 'NOT_PREPARING';

export interface AckResult {
  readonly streamId: string;
  readonly accepted: boolean;
  readonly code?: AckCode;
}

export interface AcksResponse {
  readonly results: readonly AckResult[];
}

/** Body of the `changes` event of the watch stream. */
export interface WatchChanges {
  readonly revision: number;
  readonly changes: readonly Assignment[];
}

export interface ResyncRequest {
  readonly incarnation: number;
  /**
   * Up to which revision every change had been applied when the list was made. What changed after
   * it is left alone; absent: what is owned and not listed was stopped, whenever it was granted.
   */
  readonly seenRevision?: number;
  readonly running: readonly StreamEpoch[];
}

export interface ResyncStop extends StreamEpoch {
  /** Why it must stop: `NOT_OWNED`, `STALE_EPOCH`, `STOPPING`. */
  readonly reason: string;
}

export interface ResyncResponse {
  readonly start: readonly Assignment[];
  readonly stop: readonly ResyncStop[];
  readonly revision: number;
}

/** Longest lists and texts of the instance part. */
export const PROTOCOL_LIMITS = {
  heartbeatBodyBytes: 65_536,
  bodyBytes: 262_144,
  /** Of a registration or a resync: 20,000 of the longest ids and epochs take 1.3 MB. */
  runningBodyBytes: 2 * 1024 * 1024,
  importBodyBytes: 64 * 1024 * 1024,
  acksPerRequest: 2_000,
  reportsPerHeartbeat: 1_000,
  runningPerRequest: 20_000,
  textLength: 2_048,
  maxStreams: 1_000_000,
} as const;
