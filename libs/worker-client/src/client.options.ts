import type { InstanceCapacity, InstanceMetrics, Labels, StreamReport } from '@weir/domain';
import type { Journal } from './client.journal';
import type { StreamHandler } from './stream.handler';

/** What the client logs to; pino's shape. */
export interface ClientLogger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface WeirClientOptions {
  /** Addresses of the API, without a path; tried in turn. At least one. */
  readonly urls: readonly string[];
  /** Key with the role `instance`. */
  readonly key: string;
  readonly fleet: string;
  /** Name of this instance in its fleet; the same after a restart. */
  readonly serverId: string;
  /** Where this instance can be reached, for operators. */
  readonly host: string;
  readonly port: number;
  readonly maxStreams: number;
  readonly capacity?: InstanceCapacity;
  readonly zone?: string;
  readonly labels?: Labels;
  /** The caller vouches that no earlier process of this name is left. Default false. */
  readonly takeover?: boolean;
  readonly handler: StreamHandler;
  /** Measures of this instance, for each heartbeat. */
  readonly metrics?: () => InstanceMetrics;
  /** Reports of streams, for each heartbeat; more than fit are sent in turn. */
  readonly reports?: () => readonly StreamReport[];
  readonly logger?: ClientLogger;
  readonly journal?: Journal;
  /**
   * Ends the own process with SIGKILL when its main loop is blocked past the end of the lease, or a
   * handler does not stop an exclusive stream. Default false.
   */
  readonly killWhenBlocked?: boolean;
  /** How long a handler may take to stop a stream before that is reported, in ms. Default 5,000. */
  readonly stopTimeoutMs?: number;
  /** How long a handler may take to prepare a stream before that fails, in ms. Default 10,000. */
  readonly prepareTimeoutMs?: number;
  /** What goes on without a lease. Exclusive streams end with it, or their `autonomyMs` later. */
  readonly localOperation?: LocalOperationOptions;
  /**
   * Time between two consistency checks, in ms, +- 20 %; 0: none. Default 300,000 (5 minutes).
   */
  readonly checkIntervalMs?: number;
}

export interface LocalOperationOptions {
  /** Whether streams that are not exclusive run on without a lease. Default `continue`. */
  readonly nonExclusive?: 'continue' | 'stop';
  /** How long they may at most, in ms from the loss of the lease. Default: without limit. */
  readonly maxMs?: number;
}

export const DEFAULT_PREPARE_TIMEOUT_MS = 10_000;

export const DEFAULT_STOP_TIMEOUT_MS = 5_000;

/** Says nothing. */
export const silentLogger: ClientLogger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
